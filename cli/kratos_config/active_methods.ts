import { readPath, toRecord } from "./edit.ts";
import type { FlowName } from "./hook_lists.ts";

/** What Kratos takes for on where the configuration says nothing. */
const ON_BY_DEFAULT: readonly string[] = ["password"];

/**
 * Whether people come in by a method, so that its list matters.
 *
 * A code is sent for recovery in most projects: it is a way in only where it is passwordless, and a
 * second factor only where it is that.
 */
export function isActiveMethod(
  config: unknown,
  { flow, method }: { flow: FlowName; method: string },
): boolean {
  const settings = toRecord(readPath(config, ["selfservice", "methods", method])) ?? {};
  if (method === "code") {
    return settings["enabled"] !== false &&
      (settings["passwordless_enabled"] === true ||
        (flow === "login" && settings["mfa_enabled"] === true));
  }
  return settings["enabled"] === undefined
    ? ON_BY_DEFAULT.includes(method)
    : settings["enabled"] === true;
}

/** Whether a flow is on. Recovery is off where nothing is said of it. */
export function isActiveFlow(config: unknown, flow: FlowName): boolean {
  const enabled = readPath(config, ["selfservice", "flows", flow, "enabled"]);
  return flow === "recovery" ? enabled === true : enabled !== false;
}
