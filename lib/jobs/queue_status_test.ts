// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { CHECK, JOB_KINDS, START } from "../verification/job_kinds.ts";
import { deadLetterKey, deadLetterPrefix } from "./dead_letters.ts";
import { countRows, readQueueDepth, readQueues } from "./queue_status.ts";
import { storeRequest } from "./stored_request.ts";

const NOW = 1_000_000;
const POLL = { accountId: "a", isCalledBack: false, pollAfterMs: 0 };

Deno.test("readQueues() reads each kind: how many wait, how many are due, and since when", async () => {
  await using store = createMemoryStore();
  for (const [id, dueAt] of [["a", NOW - 5], ["b", NOW], ["c", NOW + 1]] as const) {
    await commitRequest(store, { kind: CHECK, id, data: POLL, dueAt, now: NOW });
  }

  const queues = await readQueues(store, { kinds: JOB_KINDS, now: NOW });

  assert.deepEqual(queues.check, {
    waiting: 3,
    due: { count: 2, isMore: false },
    oldestDueAt: NOW - 5,
  });
  assert.deepEqual(queues.erase, {
    waiting: 0,
    due: { count: 0, isMore: false },
    oldestDueAt: undefined,
  });
});

Deno.test("readQueueDepth() measures how long the oldest job has waited, jobs and requests alike", async () => {
  await using store = createMemoryStore();
  await commitRequest(store, { kind: CHECK, id: "a", data: POLL, dueAt: NOW - 5, now: NOW - 10 });
  const request = { id: "b", data: { ...POLL, isCalledBack: true }, dueAt: NOW - 7 };
  await store.commit(storeRequest(CHECK, { ...request, suffix: "PROCESSED" }));

  const depth = await readQueueDepth(store, { kind: CHECK, now: NOW });

  assert.deepEqual(depth, { due: 2, oldestMs: 7, deadLetters: 0, refused: 0 });
});

Deno.test("readQueueDepth() counts a job that was put ahead of the queue from its creation", async () => {
  await using store = createMemoryStore();
  const ahead = NOW - 2 * 86_400_000;
  await commitRequest(store, { kind: START, id: "a", data: {}, dueAt: ahead, now: NOW - 3 });

  const { oldestMs } = await readQueueDepth(store, { kind: START, now: NOW });

  assert.equal(oldestMs, 3);
});

Deno.test("countRows() counts the rows of all kinds, up to a thousand", async () => {
  await using store = createMemoryStore();
  const keys = [deadLetterKey(START, "a"), deadLetterKey(CHECK, "b")];
  await store.commit({ sets: keys.map((key) => ({ key, value: {} })) });

  const counted = await countRows(store, { prefix: deadLetterPrefix() });

  assert.deepEqual(counted, { count: 2, isMore: false });
});
