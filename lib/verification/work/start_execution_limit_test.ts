// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { commitStart, createJumio, runStart, STARTED } from "../../../tests/support/start.ts";
import {
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { readRecord } from "../../../tests/support/check.ts";
import { createVerification } from "../rows.ts";

const NEXT_ID = "b3c8d0e5-4f72-4a1c-9d38-a1e2c7b5f633";
const MADE = { accountId: STARTED.accountId, workflowExecutionId: NEXT_ID, tokenHash: null };

Deno.test("handleStart() makes nothing for a person at the limit, whoever asked for the start", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ executionCount: 20 }));

  for (const data of [{}, { isForced: true }, { endsErasure: true }] as const) {
    const jumio = createJumio();
    const result = await runStart(store, { jumio, data: { ...data, replaces: EXECUTION_ID } });
    assert.deepEqual(result, { kind: "done", outcome: "limit_reached" });
    assert.deepEqual(jumio.starts, []);
  }
});

Deno.test("handleStart() counts an execution when it records it, and counts no call that failed", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createVerification(IDENTITY_ID, { now: 0 }));
  const failing = createJumio({ start: () => Promise.reject(new Error("lost")) });

  await assert.rejects(() => runStart(store, { jumio: failing }));
  const before = (await readRecord(store))?.executionCount;
  await commitStart(store, await runStart(store));

  assert.deepEqual([before, (await readRecord(store))?.executionCount], [0, 1]);
});

Deno.test("handleStart() records what was made before the limit was reached", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ executionCount: 20 }));

  const data = { replaces: EXECUTION_ID, made: MADE };
  await commitStart(store, await runStart(store, { data }));

  const record = await readRecord(store);
  assert.deepEqual([record?.workflowExecutionId, record?.executionCount], [NEXT_ID, 21]);
});
