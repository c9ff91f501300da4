// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  ACCOUNTS,
  authorize,
  call,
  createJumio,
  START,
  start,
} from "../../../tests/support/jumio_client.ts";

Deno.test("a start is answered with nested ids and a link", async () => {
  const { simulator } = createJumio();

  const { status, json } = await start(simulator);

  assert.equal(status, 200);
  assert.deepEqual(Object.keys(json), ["timestamp", "account", "web", "sdk", "workflowExecution"]);
  assert.equal(json.id, undefined);
  assert.match(json.web.href, /^https:\/\/acme\.web\.emea-1\.jumio\.ai\/web\/client\?/);
});

Deno.test("a start is answered without a link if there is no web domain", async () => {
  const { simulator } = createJumio({ hasWebDomain: false });

  assert.equal((await start(simulator)).json.web, undefined);
});

for (
  const [name, changes] of [
    ["without a reference", { customerInternalReference: undefined }],
    ["with a reference that is too long", { customerInternalReference: "x".repeat(101) }],
    ["with a forbidden character", { customerInternalReference: "a/b" }],
    ["without a workflow key", { workflowDefinition: {} }],
    ["with a malformed lifetime", { tokenLifetime: "1 day" }],
    ["with a callback address that is too long", { callbackUrl: `https://x/${"x".repeat(250)}` }],
    ["with a query in the return address", { web: { successUrl: "https://x.example.com/?a=b" } }],
    ["with a language that is too long", { web: { locale: "german" } }],
  ] as const
) {
  Deno.test(`a start is refused ${name}`, async () => {
    const { simulator } = createJumio();

    assert.equal((await start(simulator, { ...START, ...changes })).status, 400);
  });
}

Deno.test("starts over the rate limit are refused with Jumio's body", async () => {
  const { simulator, clock } = createJumio();
  for (let turn = 0; turn < 5; turn++) await start(simulator);

  const beyond = await start(simulator);
  clock.now += 5_000;
  const later = await start(simulator);

  assert.deepEqual(beyond.json, {
    title: "Too Many Requests",
    status: 429,
    detail: "Request limit exceeded",
  });
  assert.equal(later.status, 200);
});

Deno.test("a start can take effect and answer 500", async () => {
  const { simulator } = createJumio();
  simulator.faults.failsAfterStart = true;

  assert.equal((await start(simulator)).status, 500);
  assert.equal(simulator.executions.length, 1);
});

Deno.test("a PUT starts another execution on a known account", async () => {
  const { simulator } = createJumio();
  const { json: first } = await start(simulator);
  const put = async (accountId: string) =>
    await call(simulator, {
      method: "PUT",
      url: `${ACCOUNTS}/${accountId}`,
      headers: await authorize(simulator),
      body: JSON.stringify(START),
    });

  const second = await put(first.account.id);
  const unknown = await put(crypto.randomUUID());

  assert.equal(second.json.account.id, first.account.id);
  assert.notEqual(second.json.workflowExecution.id, first.workflowExecution.id);
  assert.equal(unknown.status, 404);
});
