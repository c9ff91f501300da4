// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { findCaller, type Receiver } from "./callers.ts";
import type { Party } from "./observed_call.ts";

const BRIDGE = { "user-agent": "ory-jumio-bridge/1.0" };
const BROWSER = { "sec-fetch-dest": "document", "user-agent": "Mozilla/5.0" };
const ICON = { "sec-fetch-dest": "image", "user-agent": "Mozilla/5.0" };
const OLD_BROWSER = { "user-agent": "Mozilla/5.0" };
/** Node's `fetch` sends this header too. */
const PROGRAM = { "user-agent": "node", "sec-fetch-mode": "cors" };

const CASES: readonly [
  to: Receiver,
  path: string,
  headers: Record<string, string>,
  from: Party | undefined,
][] = [
  ["jumio", "/api/v1/accounts", BRIDGE, "bridge"],
  ["jumio", "/web/client?authorizationToken=t", BROWSER, "person"],
  ["jumio", "/web/client?authorizationToken=t", OLD_BROWSER, "person"],
  ["jumio", "/favicon.ico", ICON, "person"],
  ["jumio", "/api/v1/accounts", BROWSER, "person"],
  ["jumio", "/api/v1/accounts", PROGRAM, "stranger"],
  ["ory", "/admin/identities/1", BRIDGE, "bridge"],
  ["ory", "/self-service/login/browser", BROWSER, "person"],
  ["ory", "/favicon.ico", ICON, "person"],
  ["ory", "/admin/identities", BROWSER, "person"],
  ["ory", "/sessions/whoami", PROGRAM, "app"],
  ["ory", "/admin/identities", PROGRAM, "app"],
  ["bridge", "/jumio/verify?token=t", BROWSER, "person"],
  ["bridge", "/jumio/verify", OLD_BROWSER, "person"],
  ["bridge", "/favicon.ico", ICON, "person"],
  ["bridge", "/operator/", BROWSER, "operator"],
  ["bridge", "/operator/status", PROGRAM, "operator"],
  ["bridge", "/jumio/callback/t", PROGRAM, "stranger"],
  ["bridge", "/jumio/initiate", PROGRAM, "stranger"],
  ["bridge", "/health", PROGRAM, undefined],
  ["bridge", "/ready", PROGRAM, undefined],
  ["app", "/events", BRIDGE, "bridge"],
  ["app", "/events", PROGRAM, "stranger"],
  ["app", "/", BROWSER, "person"],
  ["app", "/style.css", OLD_BROWSER, "person"],
];

for (const [to, path, headers, from] of CASES) {
  const program = headers["user-agent"];
  Deno.test(`findCaller() attributes ${path} at ${to} by ${program} to ${from}`, () => {
    assert.equal(findCaller(to, new Request(`http://127.0.0.1${path}`, { headers })), from);
  });
}
