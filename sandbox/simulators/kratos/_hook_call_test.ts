// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ADA, createKratos } from "../../../tests/support/kratos_client.ts";

Deno.test("retries wait 1 s and 2 s, and share one trigger id", async () => {
  const { kratos, hookCalls, waits } = createKratos({
    answer: () => new Response(null, { status: 500 }),
  });

  await kratos.register(ADA);

  assert.deepEqual(waits, [1000, 2000]);
  assert.equal(new Set(hookCalls.map(({ headers }) => headers["ory-webhook-trigger-id"])).size, 1);
  assert.equal(new Set(hookCalls.map(({ headers }) => headers["ory-webhook-request-id"])).size, 3);
});

Deno.test("retries wait as long as Retry-After says", async () => {
  const headers = { "retry-after": "7200" };
  const { kratos, waits } = createKratos({
    answer: () => new Response(null, { status: 503, headers }),
  });

  await kratos.register(ADA);

  assert.deepEqual(waits, [7_200_000, 7_200_000]);
});

Deno.test("a hook that is never answered ends in 504", async () => {
  const { kratos } = createKratos({
    hookTimeoutMs: 0,
    fetch: (_url, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
      }),
  });

  const end = await kratos.register(ADA);

  assert.equal(end.status, 504);
});
