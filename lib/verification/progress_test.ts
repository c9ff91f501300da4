// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { readProgress } from "./progress.ts";
import type { Store } from "../kv/store.ts";
import { acceptRestart } from "./accept/restart.ts";
import { MAX_RESTARTS_A_DAY } from "./restarts.ts";
import { createVerification, restartsKey, type Verification, verificationKey } from "./rows.ts";
import { createCallsKey, MAX_CREATES_A_DAY } from "./create_calls.ts";
import { type Execution, executionKey, executionLinkKey } from "./executions.ts";

const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const EXECUTION_ID = "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522";
const NOW = Date.UTC(2026, 0, 1);
const OPTIONS = { identityId: IDENTITY_ID, maxExecutions: 20, now: NOW };

async function storeRows(
  store: Store,
  { verification, settled = null }: {
    verification?: Partial<Verification>;
    settled?: Execution["settled"];
  },
): Promise<void> {
  const record = { ...createVerification(IDENTITY_ID, { now: NOW }), ...verification };
  const execution: Execution = {
    v: 1,
    identityId: IDENTITY_ID,
    accountId: "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10",
    callbackTokenHash: null,
    createdAt: NOW,
    round: 1,
    settled,
  };
  await store.commit({
    sets: [
      { key: verificationKey(IDENTITY_ID), value: record },
      { key: executionKey(EXECUTION_ID), value: execution },
    ],
  });
}

for (
  const [conclusion, state] of [
    ["inconclusive", "inconclusive"],
    ["decided", "checking"],
    ["expired", "checking"],
  ] as const
) {
  Deno.test(`readProgress() returns ${state} if the execution was settled as ${conclusion} during the read`, async () => {
    await using store = createMemoryStore();
    await storeRows(store, {
      verification: { workflowExecutionId: EXECUTION_ID },
      settled: { at: NOW, outcome: "applied", conclusion, verdict: null },
    });

    assert.equal((await readProgress(store, OPTIONS)).state, state);
  });
}

Deno.test("readProgress() returns gone for an identity that Ory has deleted, whatever its status", async () => {
  await using store = createMemoryStore();
  await storeRows(store, { verification: { status: "verified", goneAt: NOW } });

  assert.equal((await readProgress(store, OPTIONS)).state, "gone");
});

Deno.test("readProgress() reads an execution of an older version, without the time of the first visit", async () => {
  await using store = createMemoryStore();
  await storeRows(store, { verification: { workflowExecutionId: EXECUTION_ID } });

  assert.equal((await readProgress(store, OPTIONS)).state, "ready");
});

async function useUpCreateCalls(store: Store): Promise<void> {
  const calls = Array(MAX_CREATES_A_DAY).fill({ at: NOW - 1, tokenHash: null });
  await store.commit({
    sets: [{ key: createCallsKey(IDENTITY_ID), value: { v: 1, calls, probedAt: null } }],
  });
}

for (
  const [name, verification, state] of [
    ["expired", { status: "expired" }, "too_many"],
    ["not started", {}, "too_many"],
    ["verified", { status: "verified" }, "verified"],
    ["rejected", { status: "rejected" }, "rejected"],
  ] as const
) {
  Deno.test(`readProgress() returns ${state} after six create calls in 24 hours if the person is ${name}`, async () => {
    await using store = createMemoryStore();
    await storeRows(store, { verification });
    await useUpCreateCalls(store);

    assert.equal((await readProgress(store, OPTIONS)).state, state);
  });
}

Deno.test("readProgress() returns ready after six create calls as long as the last link works", async () => {
  await using store = createMemoryStore();
  await storeRows(store, { verification: { workflowExecutionId: EXECUTION_ID } });
  await useUpCreateCalls(store);
  const link = { v: 1, href: "https://j", expiresAt: NOW + 600_000 };
  await store.commit({ sets: [{ key: executionLinkKey(EXECUTION_ID), value: link }] });

  assert.equal((await readProgress(store, OPTIONS)).state, "ready");
});

Deno.test("readProgress() returns too_many after the last restart of a day, but not while that one is under way", async () => {
  await using store = createMemoryStore();
  await storeRows(store, {
    verification: { status: "expired", workflowExecutionId: EXECUTION_ID },
  });
  const acceptedAt = Array(MAX_RESTARTS_A_DAY).fill(NOW - 1);
  const restarts = { key: restartsKey(IDENTITY_ID), value: { v: 1, acceptedAt } };
  const last = { ...restarts, value: { v: 1, acceptedAt: acceptedAt.slice(1) } };

  await store.commit({ sets: [restarts] });
  const after = await readProgress(store, OPTIONS);
  await store.commit({ sets: [last] });
  await acceptRestart(store, OPTIONS);
  const during = await readProgress(store, OPTIONS);

  assert.equal(after.state, "too_many");
  assert.equal(during.state, "preparing");
});
