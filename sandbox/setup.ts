/** The page, the service, Jumio and Kratos have one each, in a row. */
export const PORTS = 4;

const DEFAULT_PORT = 3000;

/** The oldest version that the project is tested with. */
const OLDEST = { major: 2, minor: 9 };

/** Reads `PORT`, which an earlier check has found good. */
export function readPort(value: string | undefined): number {
  return value === undefined || value === "" ? DEFAULT_PORT : Number(value);
}

/** Says what has to be put right before the sandbox can start, and how. */
export function findSetupProblem(
  { port, version }: { port: string | undefined; version: string },
): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
    return `This is Deno ${version}, and the project needs ${OLDEST.major}.${OLDEST.minor} or ` +
      "newer: run deno upgrade, or, with Node and npm, npx -y deno@2.9.6 task dev";
  }
  const number = readPort(port);
  const last = 65_536 - PORTS;
  if (!Number.isInteger(number) || number < 1 || number > last) {
    return `PORT must be a whole number from 1 to ${last}, for example: PORT=4000 deno task dev`;
  }
  return undefined;
}
