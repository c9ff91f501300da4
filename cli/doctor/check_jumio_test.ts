// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseConfig } from "../../lib/config/config.ts";
import { answer, createProbeScript } from "../../tests/support/probe_script.ts";
import { checkJumio } from "./check_jumio.ts";

const { jumio: JUMIO } = await parseConfig({
  "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-0123456789",
  "KRATOS_ADMIN_URL": "http://kratos:4434",
  "JUMIO_AUTH_URL": "https://auth.example.com",
  "JUMIO_API_BASE_URL": "https://api.example.com",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
});

const ACCOUNT = "11111111-2222-4333-8444-555555555555";
const EXECUTION = "99999999-2222-4333-8444-555555555555";

const GOOD = {
  "POST https://auth.": answer(200, { "access_token": "token" }),
  "PUT https://account.": (token?: string) => answer(token === "token" ? 404 : 401),
  "GET https://retrieval.": (token?: string) => answer(token === "token" ? 404 : 403),
  "POST https://account.": answer(200, {
    account: { id: ACCOUNT },
    workflowExecution: { id: EXECUTION },
  }),
};

for (
  const [name, answers, startsOne, ids] of [
    ["a client with all permissions", GOOD, false, []],
    ["no connection", {}, false, ["jumio_token_refused"]],
    ["a wrong client", { ...GOOD, "POST https://auth.": answer(401) }, false, [
      "jumio_token_refused",
    ]],
    ["an answer without a token", { ...GOOD, "POST https://auth.": answer(200, {}) }, false, [
      "jumio_token_refused",
    ]],
    ["a client that may not start", { ...GOOD, "PUT https://account.": answer(403) }, false, [
      "jumio_account_refused",
    ]],
    ["a client that may not read", { ...GOOD, "GET https://retrieval.": answer(403) }, false, [
      "jumio_retrieval_refused",
    ]],
    [
      "an account host that answers 404 to everybody",
      {
        ...GOOD,
        "PUT https://account.": answer(404),
      },
      false,
      ["jumio_account_refused"],
    ],
    [
      "a retrieval host that answers 404 to everybody",
      {
        ...GOOD,
        "GET https://retrieval.": answer(404),
      },
      false,
      ["jumio_retrieval_refused"],
    ],
    [
      "a token that no header can carry",
      {
        ...GOOD,
        "POST https://auth.": answer(200, { "access_token": "a\nb" }),
      },
      false,
      ["jumio_token_refused"],
    ],
    [
      "a start without the ids of Jumio",
      {
        ...GOOD,
        "POST https://account.": answer(200, { workflowExecution: { id: "1" } }),
      },
      true,
      ["jumio_start_refused"],
    ],
    ["an unknown workflow", { ...GOOD, "POST https://account.": answer(400) }, true, [
      "jumio_start_refused",
    ]],
  ] as const
) {
  Deno.test(`checkJumio() finds [${ids}] for ${name}`, async () => {
    const script = createProbeScript({ ...answers });

    const started = await checkJumio(JUMIO, { startsOne, ...script });

    assert.deepEqual([script.ids(), started], [ids, undefined]);
  });
}

Deno.test("checkJumio() starts nothing unless asked to", async () => {
  const script = createProbeScript(GOOD);

  await checkJumio(JUMIO, { startsOne: false, ...script });

  assert(!script.requests.includes("POST https://account.example.com/api/v1/accounts"));
});

Deno.test("checkJumio() returns the id of the execution that it started", async () => {
  const script = createProbeScript(GOOD);

  const started = await checkJumio(JUMIO, { startsOne: true, ...script });

  assert.deepEqual([started, script.ids()], [EXECUTION, []]);
});
