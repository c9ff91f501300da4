// SPDX-License-Identifier: Apache-2.0
import { readPath, toRecord } from "./edit.ts";
import type { FlowName } from "./hook_lists.ts";

/** Methods that Kratos enables if the configuration does not mention them. */
const ENABLED_BY_DEFAULT: readonly string[] = ["password"];

/**
 * Whether people can register or sign in with a method, so that its list of hooks matters.
 *
 * Most projects use the method `code` only to send recovery codes. It is a way to sign in only with
 * `passwordless_enabled`, and a second factor only with `mfa_enabled`.
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
    ? ENABLED_BY_DEFAULT.includes(method)
    : settings["enabled"] === true;
}

/** Whether a flow is enabled. Kratos enables all flows by default except recovery. */
export function isActiveFlow(config: unknown, flow: FlowName): boolean {
  const enabled = readPath(config, ["selfservice", "flows", flow, "enabled"]);
  return flow === "recovery" ? enabled === true : enabled !== false;
}
