import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  deleteJob,
  dueKey,
  type Job,
  jobCountKey,
  parseJobCount,
  readJob,
  replaceJob,
  requestJob,
  requestJobFrom,
} from "./job.ts";
import type { Store } from "../kv/store.ts";
import type { Sum } from "../kv/write.ts";

const MINUTE = 60_000;
const JOB = { kind: "start", id: "a", data: {} } as const;

/** A start that has failed at time zero and is due again in a quarter of an hour. */
const FAILED: Job<"start"> = {
  ...JOB,
  v: 1,
  dueAt: 15 * MINUTE,
  leaseId: null,
  isNudged: false,
  failures: 9,
  firstFailedAt: 0,
  lastRunAt: 0,
  createdAt: 0,
};

function requestFailed({ dueAt, now }: { dueAt: number; now: number }): number {
  const row = { key: ["job", "start", "a"], value: FAILED, versionstamp: "1" };
  const { sets: [job] = [] } = requestJob(row, { ...JOB, dueAt, now });
  return Object(job?.value).dueAt;
}

async function countStarts(store: Store): Promise<number> {
  return parseJobCount((await store.get<Sum>(jobCountKey("start"))).value);
}

Deno.test("requestJob() puts who is waiting before the queue, also after failures", () => {
  const aheadOfQueue = -2 * 86_400_000;

  assert.equal(requestFailed({ dueAt: aheadOfQueue, now: MINUTE }), aheadOfQueue);
});

Deno.test("requestJob() does not make a storm of a job that has failed just now", () => {
  assert.equal(requestFailed({ dueAt: -MINUTE, now: 1_000 }), 5_000);
});

Deno.test("requestJob() never puts a job off", () => {
  assert.equal(requestFailed({ dueAt: 60 * MINUTE, now: MINUTE }), 15 * MINUTE);
});

Deno.test("replaceJob() moves a job's place in the order with it", async () => {
  await using store = createMemoryStore();
  await store.commit(await requestJobFrom(store, { ...JOB, dueAt: 7, now: 0 }));

  const row = await readJob(store, JOB);
  assert(row.value);
  await store.commit(replaceJob(row, { ...row.value, dueAt: 3 }));

  const due = await store.list({ prefix: ["due"] }, { limit: 10 });
  assert.deepEqual(due.map(({ key }) => key), [dueKey({ ...JOB, dueAt: 3 })]);
});

Deno.test("a job is counted once, however often and at how many instances it is asked for", async () => {
  await using store = createMemoryStore();
  const first = await requestJobFrom(store, { ...JOB, dueAt: 7, now: 0 });
  const other = await requestJobFrom(store, { ...JOB, id: "b", dueAt: 7, now: 0 });

  await Promise.all([first, first, other].map((write) => store.commit(write)));
  await store.commit(await requestJobFrom(store, { ...JOB, dueAt: 3, now: 0 }));

  assert.equal(await countStarts(store), 2);
});

Deno.test("deleteJob() takes a job off the count, once", async () => {
  await using store = createMemoryStore();
  await store.commit(await requestJobFrom(store, { ...JOB, dueAt: 7, now: 0 }));
  await store.commit(await requestJobFrom(store, { ...JOB, id: "b", dueAt: 7, now: 0 }));

  const write = deleteJob(await readJob(store, JOB));
  await Promise.all([write, write].map((again) => store.commit(again)));
  await store.commit(deleteJob(await readJob(store, JOB)));

  assert.equal(await countStarts(store), 1);
});

Deno.test("parseJobCount() makes none of a sum below zero, and of no sum", () => {
  assert.equal(parseJobCount({ value: 2n ** 64n - 3n }), 0);
  assert.equal(parseJobCount(null), 0);
});
