// SPDX-License-Identifier: Apache-2.0
import { startService } from "./processes/service.ts";
import { stopOnSignal, type Terminal } from "./terminal.ts";

/** Runs the service as in production, with the settings of `.env`, until it ends. */
export async function serveRealUpstreams(
  { root, terminal }: { root: URL; terminal: Terminal },
): Promise<never> {
  terminal.log.info(
    "Found .env: starting the service with its settings, for the real Jumio and Ory",
  );
  terminal.open();
  const service = await startService({ root, envFile: ".env", env: {}, stdout: "piped" });
  if (service.stdout !== undefined) terminal.follow(service.stdout);
  stopOnSignal(() => service.stop());
  const { code } = await service.status;
  await terminal.drained();
  if (code !== 0) {
    terminal.fail(
      "The service has stopped, see above. Correct .env (.env.example lists every setting), or " +
        "start the sandbox instead: deno task dev --simulators",
    );
  }
  Deno.exit(code);
}
