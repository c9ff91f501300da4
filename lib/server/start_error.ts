// SPDX-License-Identifier: Apache-2.0
import { isKvFile, startCommandFor } from "../kv/path.ts";
import type { LogFields } from "../log.ts";

/** Why the service cannot start, in words for the operator. */
export class StartError extends Error {
  /** For logs. */
  override readonly name = "StartError";
  /** What the log says beside the message. */
  readonly fields: LogFields;

  constructor(message: string, fields: LogFields = {}) {
    super(message);
    this.fields = fields;
  }
}

/** Why the service cannot listen. Other errors than those of the settings are returned as they are. */
export function explainListening(
  error: unknown,
  { host, port }: { host: string | undefined; port: number },
): unknown {
  if (error instanceof Deno.errors.AddrInUse) {
    return new StartError(
      `Port ${port} is in use: set PORT to another one, or stop the program that listens there`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new StartError(`Port ${port} needs more rights: set PORT to one above 1023`);
  }
  if (host === undefined) return error;
  return new StartError(
    "Cannot listen at HOST: set it to an address of this machine, or remove it",
  );
}

/** Which permission KV needs. */
export async function explainPermission(
  error: Error,
  path: string | undefined,
): Promise<StartError> {
  if (!isKvFile(path)) return new StartError(`Cannot open KV_PATH: ${error.message}`);
  return new StartError(
    "Cannot open KV_PATH: this process may use only ./data. Put the file there, or start the " +
      `service with: ${await startCommandFor(path)}`,
  );
}
