// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest } from "../../../tests/support/jobs.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  createOpen,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeExecution,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { callbackKey } from "../../history/callbacks.ts";
import { claimJobs } from "../../jobs/claim.ts";
import { deadLetterKey } from "../../jobs/dead_letters.ts";
import { deleteJob, type Job, readJob, replaceJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites } from "../../kv/write.ts";
import { callbackTokenKey } from "../callback_token.ts";
import { type Execution, executionKey } from "../executions.ts";
import { ERASE, type EraseData, PUBLISH, START } from "../job_kinds.ts";
import {
  createVerification,
  statusIndexPrefix,
  type Tombstone,
  tombstoneKey,
  verificationKey,
} from "../rows.ts";
import { acceptErasure, requestAccountErasure } from "./erasure.ts";
import { acceptStart } from "./start.ts";

const OPERATOR = { name: "grace", secretId: "1" };
const REJECTED = { status: "rejected", verdict: "FAILED", decidedAt: NOW } as const;

function erase(store: Store): Promise<void> {
  return acceptErasure(store, { identityId: IDENTITY_ID, operator: OPERATOR, now: NOW });
}

/** What the job of an erasure writes at its end. */
async function completeErasure(store: Store): Promise<void> {
  const tombstone = await store.get<Tombstone>(tombstoneKey(IDENTITY_ID));
  const value = { ...tombstone.value, erasedAt: NOW };
  const job = await readJob(store, { kind: ERASE, id: IDENTITY_ID });
  await store.commit(mergeWrites({ sets: [{ key: tombstone.key, value }] }, deleteJob(job)));
}

async function readErase(store: Store): Promise<Job<EraseData> | null> {
  return (await readJob(store, { kind: ERASE, id: IDENTITY_ID })).value;
}

Deno.test("acceptErasure() deletes the record at once, and requests the rest", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(REJECTED));
  const older = { accountId: "older", callbackTokenHash: "hash" };
  await storeExecution(store, createOpen(older));
  const keys = [callbackTokenKey("hash"), callbackKey(EXECUTION_ID, "PROCESSED")];
  await store.commit({ sets: keys.map((key) => ({ key, value: {} })) });

  await erase(store);

  assert.equal((await store.get(verificationKey(IDENTITY_ID))).value, null);
  assert.deepEqual(await store.list({ prefix: statusIndexPrefix("rejected") }, { limit: 1 }), []);
  for (const key of keys) assert.equal((await store.get(key)).value, null);
  const { value: execution } = await store.get<Execution>(executionKey(EXECUTION_ID));
  assert.deepEqual([execution?.identityId, execution?.settled?.outcome], [null, "erased"]);
  const { value: tombstone } = await store.get<Tombstone>(tombstoneKey(IDENTITY_ID));
  assert.deepEqual([tombstone?.by, tombstone?.erasedAt], ["grace", null]);
  const job = await readErase(store);
  assert.deepEqual(job?.data, {
    accountIds: [ACCOUNT_ID, "older"],
    left: {
      status: "rejected",
      verdict: "FAILED",
      initiatedAt: NOW,
      decidedAt: NOW,
      validUntil: null,
      detail: null,
    },
    isConfirmation: false,
  });
  assert.equal(job?.dueAt, NOW);
});

Deno.test("acceptErasure() waits for a publication that is under way", async () => {
  await using store = createMemoryStore();
  const data = { isConfirmation: false };
  await commitRequest(store, { kind: PUBLISH, id: IDENTITY_ID, data, dueAt: NOW, now: NOW });
  const row = await readJob(store, { kind: PUBLISH, id: IDENTITY_ID });
  assert(row.value);
  const leased = { ...row.value, leaseId: "other", dueAt: NOW + 9_000 };
  await store.commit(replaceJob(row, leased));

  await erase(store);

  assert.equal((await readErase(store))?.dueAt, NOW + 9_000);
  assert.notEqual((await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value, null);
});

Deno.test("acceptErasure() deletes a publication that waits", async () => {
  await using store = createMemoryStore();
  const data = { isConfirmation: false };
  const dueAt = NOW + 86_400_000;
  await commitRequest(store, { kind: PUBLISH, id: IDENTITY_ID, data, dueAt, now: NOW });

  await erase(store);

  assert.equal((await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value, null);
});

Deno.test("an erased person can be started again, also while their start waited for a day", async () => {
  await using store = createMemoryStore();
  const made = { accountId: "made", workflowExecutionId: EXECUTION_ID, tokenHash: null };
  const dueAt = NOW + 86_400_000;
  await storeVerification(store, createVerification(IDENTITY_ID, { now: NOW }));
  await commitRequest(store, { kind: START, id: IDENTITY_ID, data: { made }, dueAt, now: NOW });

  await erase(store);

  assert.deepEqual((await readErase(store))?.data.accountIds, ["made"]);
  await completeErasure(store);
  const again = { identityId: IDENTITY_ID, operator: OPERATOR, now: NOW };
  assert.equal(await acceptStart(store, again), true);
});

Deno.test("acceptErasure() leaves a start that is under way to its run", async () => {
  await using store = createMemoryStore();
  await commitRequest(store, { kind: START, id: IDENTITY_ID, data: {}, dueAt: NOW, now: NOW });
  await claimJobs(store, { kind: START, now: () => NOW, limit: 1 });

  await erase(store);

  assert.notEqual((await readJob(store, { kind: START, id: IDENTITY_ID })).value, null);
});

Deno.test("acceptErasure() keeps the accounts and the status of an erasure that is not done", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(REJECTED));
  await erase(store);
  const first = await readErase(store);

  await erase(store);

  assert.deepEqual((await readErase(store))?.data, first?.data);
});

Deno.test("acceptErasure() continues a dead letter, and deletes it", async () => {
  await using store = createMemoryStore();
  const key = deadLetterKey(ERASE, IDENTITY_ID);
  const data: EraseData = { accountIds: ["lost"], left: null, isConfirmation: true };
  await store.commit({ sets: [{ key, value: { data } }] });

  await erase(store);

  assert.equal((await store.get(key)).value, null);
  assert.deepEqual((await readErase(store))?.data.accountIds, ["lost"]);
});

Deno.test("requestAccountErasure() adds an account to the erasure, and does nothing without one", async () => {
  await using store = createMemoryStore();
  const options = { identityId: IDENTITY_ID, accountId: "late", now: NOW };
  const without = await requestAccountErasure(store, options);
  await storeVerification(store, createStarted());
  await erase(store);

  await store.commit(await requestAccountErasure(store, options));

  assert.deepEqual(without, {});
  assert.deepEqual((await readErase(store))?.data.accountIds, [ACCOUNT_ID, "late"]);
});

Deno.test("acceptErasure() deletes what was set aside of the identity, and nothing else", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(REJECTED));
  await storeExecution(store, createOpen({}));
  const keys = [
    ["bad_row", NOW, "verification", IDENTITY_ID],
    ["bad_row", NOW, "execution", EXECUTION_ID],
    ["bad_row", NOW, "verification", crypto.randomUUID()],
  ];
  await store.commit({ sets: keys.map((key) => ({ key, value: "damaged" })) });

  await erase(store);

  const left = await store.list({ prefix: ["bad_row"] }, { limit: 10 });
  assert.deepEqual(left.map(({ key }) => key), keys.slice(2));
});
