// SPDX-License-Identifier: Apache-2.0
/**
 * The page, the service's public address, Jumio, Kratos, the app and the service itself have one port
 * each, one after the other.
 */
export const PORTS = 6;

const DEFAULT_PORT = 3000;

/** The oldest version of Deno that the project is tested with. */
const MIN_VERSION = { major: 2, minor: 9 };

/** Reads `PORT`. Call `findSetupProblem` first, which checks it. */
export function readPort(value: string | undefined): number {
  return value === undefined || value === "" ? DEFAULT_PORT : Number(value);
}

/** Returns why the sandbox cannot start and how to fix it, or undefined if it can start. */
export function findSetupProblem(
  { port, version }: { port: string | undefined; version: string },
): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < MIN_VERSION.major || (major === MIN_VERSION.major && minor < MIN_VERSION.minor)) {
    return `This is Deno ${version}, and the project needs ${MIN_VERSION.major}.${MIN_VERSION.minor} or ` +
      "newer: run deno upgrade, or, with Node and npm, npx -y deno@2.9.6 task dev";
  }
  const number = readPort(port);
  const last = 65_536 - PORTS;
  if (!Number.isInteger(number) || number < 1 || number > last) {
    return `PORT must be a whole number from 1 to ${last}, for example: PORT=4000 deno task dev`;
  }
  return undefined;
}
