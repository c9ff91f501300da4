// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { claimJobs } from "../jobs/claim.ts";
import { readJob } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";
import { CHECK, type CheckData, ERASE, PUBLISH } from "./job_kinds.ts";
import {
  requestCalledBackCheck,
  requestCheck,
  requestErase,
  requestPublish,
  storeCheckRequest,
} from "./requests.ts";

const NOW = 1_000_000;
const CALLBACK = { workflowExecutionId: "e", accountId: "a", expectedIdentityId: "i" };
const NOTHING_MORE = { now: NOW, trace: undefined };

async function readCheck(store: Store): Promise<CheckData | undefined> {
  return (await readJob(store, { kind: CHECK, id: "e" })).value?.data;
}

Deno.test("requestCheck() requests a poll", async () => {
  await using store = createMemoryStore();
  const row = await readJob(store, { kind: CHECK, id: "e" });
  const poll = { workflowExecutionId: "e", accountId: "a", pollAfterMs: 5, dueAt: NOW + 5 };

  await store.commit(requestCheck(row, { ...poll, ...NOTHING_MORE }));

  assert.deepEqual(await readCheck(store), { accountId: "a", isCalledBack: false, pollAfterMs: 5 });
});

Deno.test("storeCheckRequest() and requestCalledBackCheck() request the same check", async () => {
  await using stored = createMemoryStore();
  await using requested = createMemoryStore();

  await stored.commit(storeCheckRequest({ ...CALLBACK, status: "PROCESSED", ...NOTHING_MORE }));
  await claimJobs(stored, { kind: CHECK, now: () => NOW, limit: 1 });
  const row = await readJob(requested, { kind: CHECK, id: "e" });
  await requested.commit(requestCalledBackCheck(row, { ...CALLBACK, ...NOTHING_MORE }));

  assert.deepEqual(await readCheck(stored), {
    accountId: "a",
    isCalledBack: true,
    pollAfterMs: 0,
    expectedIdentityId: "i",
  });
  assert.deepEqual(await readCheck(requested), await readCheck(stored));
});

Deno.test("storeCheckRequest() stores one request for each status of an execution", async () => {
  await using store = createMemoryStore();

  for (const status of ["PROCESSED", "TOKEN_EXPIRED", "PROCESSED"] as const) {
    await store.commit(storeCheckRequest({ ...CALLBACK, status, ...NOTHING_MORE }));
  }

  assert.equal((await store.list({ prefix: ["due", CHECK.name] }, { limit: 5 })).length, 2);
});

Deno.test("requestPublish() makes a confirmation that waits due now", async () => {
  await using store = createMemoryStore();
  const id = "i";
  const row = await readJob(store, { kind: PUBLISH, id });
  await store.commit(requestPublish(row, { identityId: id, ...NOTHING_MORE }));
  const waiting = await readJob(store, { kind: PUBLISH, id });
  const confirmation = { ...waiting.value, data: { isConfirmation: true }, dueAt: NOW + 60_000 };
  await store.commit({ sets: [{ key: waiting.key, value: confirmation }] });

  const later = await readJob(store, { kind: PUBLISH, id });
  await store.commit(requestPublish(later, { identityId: id, ...NOTHING_MORE }));

  const { value: job } = await readJob(store, { kind: PUBLISH, id });
  assert.deepEqual([job?.data, job?.dueAt], [{ isConfirmation: true }, NOW]);
});

Deno.test("requestErase() keeps the accounts of an earlier request", async () => {
  await using store = createMemoryStore();
  for (const accountId of ["a", "b"]) {
    const row = await readJob(store, { kind: ERASE, id: "i" });
    const request = { identityId: "i", accountIds: [accountId], left: null, dueAt: NOW };
    await store.commit(requestErase(row, { ...request, ...NOTHING_MORE }));
  }

  const { value: job } = await readJob(store, { kind: ERASE, id: "i" });
  assert.deepEqual(job?.data.accountIds, ["a", "b"]);
});
