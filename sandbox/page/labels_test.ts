import assert from "node:assert/strict";
import type { ObservedCall } from "./observed_call.ts";
import { describeCall, shortenPath } from "./labels.ts";

const ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";

const createCall = (route: string): ObservedCall => {
  const [from, to, method = "", path = ""] = route.split(" ");
  const request = { headers: [], body: "" };
  // The cases below name parties only.
  return { id: 1, from, to, method, path, request, startedAt: 0 } as unknown as ObservedCall;
};

const CASES: readonly [route: string, label: string][] = [
  ["person ory POST /self-service/registration?flow=1", "Registers"],
  ["bridge jumio POST /api/v1/accounts", "Start a verification"],
  [`bridge jumio PUT /api/v1/accounts/${ID}`, "Start another verification"],
  [`bridge jumio GET /api/v1/accounts/${ID}/workflow-executions/${ID}/status`, "Read the status"],
  [`bridge jumio GET /api/v1/accounts/${ID}/workflow-executions/${ID}`, "Read the result"],
  ["jumio bridge POST /jumio/callback/•••", "A verification has ended"],
  ["bridge app POST /events", "The status has changed"],
  ["app ory GET /sessions/whoami", "Who is signed in?"],
  ["person ory GET /self-service/login/browser", "Opens the form to sign in"],
  ["person ory GET /self-service/logout?token=•••", "Signs out"],
  ["ory jumio POST /elsewhere?x=1", "POST /elsewhere"],
];

for (const [route, label] of CASES) {
  const parties = route.split(" ").slice(0, 3).join(" ");
  Deno.test(`describeCall() describes ${parties} as "${label}"`, () => {
    assert.equal(describeCall(createCall(route)), label);
  });
}

Deno.test("shortenPath() shortens ids and removes the query", () => {
  assert.equal(shortenPath(`/admin/identities/${ID}?x=1`), "/admin/identities/2d9b…");
  assert.equal(
    shortenPath(`/api/v1/accounts/${ID}/workflow-executions/${ID}/status`),
    "…/workflow-executions/2d9b…/status",
  );
  assert.equal(shortenPath("/api/v1/accounts"), "/api/v1/accounts");
});
