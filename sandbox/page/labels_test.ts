// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { ObservedCall } from "./observed_call.ts";
import { describeCall, isMadeByPage, shortenPath } from "./labels.ts";

const ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";

const createCall = (route: string): ObservedCall => {
  const [from, to, method = "", path = "", purpose] = route.split(" ");
  const headers = purpose === undefined ? [] : [["sec-fetch-dest", purpose]];
  const request = { headers, body: "" };
  // The cases below name parties only.
  return { id: 1, from, to, method, path, request, startedAt: 0 } as unknown as ObservedCall;
};

const CASES: readonly [route: string, label: string][] = [
  ["person ory POST /self-service/registration?flow=1", "Registers"],
  ["bridge jumio GET /", "Compare the clocks"],
  ["bridge jumio POST /api/v1/accounts", "Start a verification"],
  [`bridge jumio PUT /api/v1/accounts/${ID}`, "Start another verification"],
  [`bridge jumio GET /api/v1/accounts/${ID}/workflow-executions/${ID}/status`, "Read the status"],
  [`bridge jumio GET /api/v1/accounts/${ID}/workflow-executions/${ID}`, "Read the result"],
  ["jumio bridge POST /jumio/callback/•••", "A verification has ended"],
  [`operator bridge POST /operator/verifications/${ID}/expire`, "This verification ends now"],
  ["bridge app POST /events", "The status has changed"],
  ["app ory GET /sessions/whoami", "Who is signed in?"],
  ["person ory GET /self-service/login/browser", "Opens the form to sign in"],
  ["person ory GET /self-service/logout?token=•••", "Signs out"],
  ["person bridge GET /jumio/verify?token=••• document", "Opens the link on the identity"],
  ["person bridge GET /jumio/verify/return?x=1 document", "Comes back from Jumio"],
  ["person bridge GET /jumio/verify?token=••• empty", "The page looks for changes"],
  ["person jumio GET /web/client document", "Opens Jumio’s page"],
  ["person jumio GET /favicon.ico image", "The page loads a file"],
  ["person app GET /members document", "Opens a page of the app"],
  ["person app GET /style.css style", "The page loads a file"],
  ["person app GET /live empty", "The page looks for changes"],
  ["person ory POST /self-service/login?flow=1 empty", "Signs in"],
  ["operator bridge GET /operator/ document", "Opens the operator’s page"],
  ["operator bridge POST /operator/sign-in", "Signs in as an operator"],
  ["stranger bridge POST /jumio/callback/•••", "Forged: a verification has ended"],
  ["stranger bridge POST /jumio/initiate", "POST /jumio/initiate"],
  ["bridge jumio GET /favicon.ico", "GET /favicon.ico"],
  ["ory jumio POST /elsewhere?x=1", "POST /elsewhere"],
];

for (const [route, label] of CASES) {
  Deno.test(`describeCall() describes ${route.replace(ID, "1")} as "${label}"`, () => {
    assert.equal(describeCall(createCall(route)), label);
  });
}

Deno.test("isMadeByPage() tells what a page does by itself from what a person does", () => {
  assert.equal(isMadeByPage(createCall("person jumio GET /favicon.ico image")), true);
  assert.equal(isMadeByPage(createCall("person bridge GET /jumio/verify empty")), true);
  assert.equal(isMadeByPage(createCall("person bridge GET /jumio/verify document")), false);
  assert.equal(isMadeByPage(createCall("bridge jumio GET /favicon.ico")), false);
});

Deno.test("shortenPath() shortens ids and removes the query", () => {
  assert.equal(shortenPath(`/admin/identities/${ID}?x=1`), "/admin/identities/2d9b…");
  assert.equal(
    shortenPath(`/api/v1/accounts/${ID}/workflow-executions/${ID}/status`),
    "…/workflow-executions/2d9b…/status",
  );
  assert.equal(shortenPath("/api/v1/accounts"), "/api/v1/accounts");
});
