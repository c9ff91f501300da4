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

const GOOD = {
  "POST https://auth.": answer(200, { "access_token": "token" }),
  "PUT https://account.": answer(404),
  "GET https://retrieval.": answer(404),
  "POST https://account.": answer(200, { workflowExecution: { id: "execution-1" } }),
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

  assert.deepEqual([started, script.ids()], ["execution-1", []]);
});
