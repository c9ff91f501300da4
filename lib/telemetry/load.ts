// SPDX-License-Identifier: Apache-2.0
import { NO_TELEMETRY, type Telemetry } from "./telemetry.ts";

/** Deno defines this symbol if it collects telemetry. If not, no code for telemetry is loaded. */
export async function loadTelemetry({ now }: { now: () => number }): Promise<Telemetry> {
  if (!(Symbol.for("opentelemetry.js.api.1") in globalThis)) return NO_TELEMETRY;
  const [api, { createOpenTelemetry }] = await Promise.all([
    import("@opentelemetry/api"),
    import("./open_telemetry.ts"),
  ]);
  return createOpenTelemetry({ api, now, monotonic: () => performance.now() });
}
