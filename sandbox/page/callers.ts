// SPDX-License-Identifier: Apache-2.0
import type { Party } from "./observed_call.ts";

/** The service names itself so at every call. */
const BRIDGE_AGENT = "ory-jumio-bridge";

/** A browser says what it loads an address for. No other program sends this header. */
const BROWSER_HEADER = "sec-fetch-dest";

/** Whom somebody calls from outside, by the address of a server of the sandbox. */
export type Receiver = "ory" | "bridge" | "jumio" | "app";

/**
 * Who sent a request to a server of the sandbox, by what the request says about its sender.
 * Undefined for the probes of a platform, which belong to nobody.
 *
 * The hooks and callbacks of the simulators do not come this way: they are observed where they are sent.
 */
export function findCaller(to: Receiver, { url, headers }: Request): Party | undefined {
  const isBrowser = headers.has(BROWSER_HEADER);
  const isBridge = headers.get("user-agent")?.startsWith(BRIDGE_AGENT) === true;
  const { pathname } = new URL(url);
  switch (to) {
    case "ory":
      if (isBridge) return "bridge";
      return isBrowser ? "person" : "app";
    case "jumio":
      if (isBridge) return "bridge";
      return isBrowser || pathname.startsWith("/web/") ? "person" : "stranger";
    case "app":
      if (isBridge) return "bridge";
      return isBrowser || pathname !== "/events" ? "person" : "stranger";
    case "bridge":
      return findCallerOfBridge(pathname, isBrowser);
  }
}

function findCallerOfBridge(path: string, isBrowser: boolean): Party | undefined {
  if (path === "/health" || path === "/ready") return undefined;
  if (path.startsWith("/operator/")) return "operator";
  return isBrowser || path.startsWith("/jumio/verify") ? "person" : "stranger";
}
