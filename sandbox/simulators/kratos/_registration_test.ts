// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ADA, createKratos, SERVICE } from "../../../tests/support/kratos_client.ts";
import { ZERO_ID } from "./_state.ts";

Deno.test("a registration calls its hook after the identity is stored", async () => {
  const { kratos, hookCalls } = createKratos();

  const end = await kratos.register(ADA);

  assert.deepEqual([end.ok, end.status], [true, 200]);
  assert.equal(typeof end.sessionToken, "string");
  const [hook] = hookCalls;
  assert.equal(hook?.url, `${SERVICE}/jumio/initiate`);
  assert.equal(hook?.headers["x-webhook-secret"], "hook-secret");
  assert.equal(hook?.headers["content-type"], "application/json");
  assert.equal(hook?.body["identity_id"], end.identityId);
  assert(kratos.identities.has(end.identityId ?? ""));
});

for (const config of [{ response: { parse: true } }, { "can_interrupt": true }]) {
  Deno.test(`a hook with ${JSON.stringify(config)} runs before the identity is stored`, async () => {
    const { kratos, hookCalls } = createKratos({ registration: config });

    const end = await kratos.register(ADA);

    assert.equal(end.ok, true);
    assert.equal(hookCalls[0]?.body["identity_id"], ZERO_ID);
    assert.notEqual(end.identityId, ZERO_ID);
  });
}

Deno.test("a hook that runs before the identity is stored can set metadata, but not the id", async () => {
  const identity = { id: crypto.randomUUID(), "metadata_public": { plan: "gold" } };
  const { kratos } = createKratos({
    registration: { response: { parse: true } },
    answer: () => Response.json({ identity }),
  });

  const { identityId = "" } = await kratos.register(ADA);

  assert.notEqual(identityId, identity.id);
  assert.deepEqual(kratos.identities.get(identityId)?.["metadata_public"], { plan: "gold" });
});

const FAILURES: readonly [name: string, answer: () => Response, status: number, calls: number][] = [
  ["400", () => new Response("no", { status: 400 }), 502, 1],
  ["501", () => new Response("no", { status: 501 }), 502, 1],
  ["503", () => new Response("no", { status: 503 }), 400, 3],
  ["429", () => new Response("no", { status: 429 }), 400, 3],
  ["no connection", () => raise(new TypeError("refused")), 400, 3],
];

for (const [name, answer, status, calls] of FAILURES) {
  Deno.test(`a registration keeps the identity when its hook ends in ${name}`, async () => {
    const { kratos, hookCalls } = createKratos({ answer });

    const end = await kratos.register(ADA);
    const again = await kratos.register(ADA);

    assert.deepEqual([end.ok, end.status, end.sessionToken], [false, status, undefined]);
    assert(kratos.identities.has(end.identityId ?? ""));
    assert.equal(hookCalls.length, calls);
    assert.equal(again.status, 400);
    assert.match(again.messages.join(), /exists already/);
  });
}

Deno.test("a registration does not wait for a hook whose answer is ignored", async () => {
  const { kratos, hookCalls } = createKratos({
    registration: { response: { ignore: true } },
    answer: () => new Response(null, { status: 400 }),
  });

  const end = await kratos.register(ADA);
  await kratos.waitForHooks();

  assert.equal(end.ok, true);
  assert.equal(hookCalls.length, 1);
});

function raise(error: Error): never {
  throw error;
}
