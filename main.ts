// SPDX-License-Identifier: Apache-2.0
/**
 * The service as a process, configured by its environment.
 *
 * @module
 */

import { parseConfig, SETTINGS } from "./lib/config/config.ts";
import { ConfigError } from "./lib/config/error.ts";
import { createLog, writeToConsole } from "./lib/log.ts";
import { createService } from "./lib/service.ts";
import { StartError } from "./lib/server/start_error.ts";

try {
  const env = Object.fromEntries(SETTINGS.map((name) => [name, Deno.env.get(name)]));
  const service = createService(parseConfig(env));
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      service.stop(signal).then(() => Deno.exit(0), () => Deno.exit(1));
    });
  }
  await service.start();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StartError)) throw error;
  const log = createLog({ level: "error", write: writeToConsole, now: Date.now });
  log.error(error.message, error instanceof StartError ? error.fields : {});
  Deno.exit(1);
}
