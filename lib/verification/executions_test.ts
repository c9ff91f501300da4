// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  createOpen,
  IDENTITY_ID,
  NOW,
  storeExecution,
} from "../../tests/support/verification_rows.ts";
import {
  type Execution,
  executionKey,
  isLive,
  listExecutions,
  saveSettled,
  settledKey,
} from "./executions.ts";

Deno.test("listExecutions() lists the executions of one identity, the newest first", async () => {
  await using store = createMemoryStore();
  await storeExecution(store, createOpen({ createdAt: NOW }), "first");
  await storeExecution(store, createOpen({ createdAt: NOW + 1 }), "second");
  await storeExecution(store, createOpen({ identityId: "another" }), "third");

  const listed = await listExecutions(store, IDENTITY_ID);

  assert.deepEqual(listed.map(({ id }) => id), ["second", "first"]);
});

Deno.test("saveSettled() stores the settlement in the execution, and where a callback checks it", async () => {
  await using store = createMemoryStore();
  const settled = {
    at: NOW,
    outcome: "applied",
    conclusion: "decided",
    verdict: "PASSED",
  } as const;

  await store.commit(saveSettled("e", { ...createOpen(), settled }));

  const { value } = await store.get<Execution>(executionKey("e"));
  assert.deepEqual(value?.settled, settled);
  assert.deepEqual((await store.get(settledKey("e"))).value, { v: 1, ...settled });
});

Deno.test("isLive() leaves the person two minutes to get there", () => {
  const link = { v: 1, href: "https://jumio.example.com", expiresAt: NOW } as const;

  const lives = [null, link].flatMap((each) =>
    [NOW - 120_001, NOW - 120_000].map((now) => isLive(each, { now }))
  );

  assert.deepEqual(lives, [false, false, true, false]);
});
