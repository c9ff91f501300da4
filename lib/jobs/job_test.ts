// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { START, type StartData } from "../verification/job_kinds.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  deleteJob,
  type Job,
  jobCountKey,
  parseJobCount,
  readJob,
  replaceJob,
  requestJob,
} from "./job.ts";
import { dueKey } from "./due.ts";
import type { Store } from "../kv/store.ts";
import type { Sum } from "../kv/write.ts";

const MINUTE = 60_000;
const JOB = { kind: START, id: "a", data: {} } as const;

/** A start that has failed at time zero and is due again in a quarter of an hour. */
const FAILED: Job<StartData> = {
  v: 1,
  kind: START.name,
  id: "a",
  data: {},
  dueAt: 15 * MINUTE,
  leaseId: null,
  isNudged: false,
  failures: 9,
  lastingFailures: 0,
  firstFailedAt: 0,
  failing: null,
  lastRunAt: 0,
  createdAt: 0,
};

function requestFailed(
  { dueAt, now, failures = FAILED.failures }: { dueAt: number; now: number; failures?: number },
): number {
  const row = { key: ["job", "start", "a"], value: { ...FAILED, failures }, versionstamp: "1" };
  const { sets: [job] = [] } = requestJob(row, { ...JOB, dueAt, now });
  return Object(job?.value).dueAt;
}

async function countStarts(store: Store): Promise<number> {
  return parseJobCount((await store.get<Sum>(jobCountKey(START))).value);
}

for (
  const [what, failures, expected] of [
    ["moves a job ahead of the queue", 0, -2 * 86_400_000],
    ["does not move a failing job ahead of the jobs that are due now", 1, MINUTE],
  ] as const
) {
  Deno.test(`requestJob() ${what}`, () => {
    const dueAt = -2 * 86_400_000;

    assert.equal(requestFailed({ dueAt, now: MINUTE, failures }), expected);
  });
}

Deno.test("requestJob() does not run a job again at once that has just failed", () => {
  assert.equal(requestFailed({ dueAt: -MINUTE, now: 1_000 }), 5_000);
});

Deno.test("requestJob() never delays a job", () => {
  assert.equal(requestFailed({ dueAt: 60 * MINUTE, now: MINUTE }), 15 * MINUTE);
});

Deno.test("replaceJob() moves the job's key in the order of due times", async () => {
  await using store = createMemoryStore();
  await commitRequest(store, { ...JOB, dueAt: 7, now: 0 });

  const row = await readJob(store, JOB);
  assert(row.value);
  await store.commit(replaceJob(row, { ...row.value, dueAt: 3 }));

  const due = await store.list({ prefix: ["due"] }, { limit: 10 });
  assert.deepEqual(due.map(({ key }) => key), [dueKey(START, { id: "a", dueAt: 3 })]);
});

Deno.test("requestJob() counts a job once, however often and by how many instances it is requested", async () => {
  await using store = createMemoryStore();
  const options = { dueAt: 7, now: 0 };
  const first = requestJob(await readJob(store, JOB), { ...JOB, ...options });
  const other = { ...JOB, id: "b" };
  const second = requestJob(await readJob(store, other), { ...other, ...options });

  await Promise.all([first, first, second].map((write) => store.commit(write)));
  await commitRequest(store, { ...JOB, dueAt: 3, now: 0 });

  assert.equal(await countStarts(store), 2);
});

Deno.test("deleteJob() subtracts a job from the count once", async () => {
  await using store = createMemoryStore();
  await commitRequest(store, { ...JOB, dueAt: 7, now: 0 });
  await commitRequest(store, { ...JOB, id: "b", dueAt: 7, now: 0 });

  const write = deleteJob(await readJob(store, JOB));
  await Promise.all([write, write].map((again) => store.commit(again)));
  await store.commit(deleteJob(await readJob(store, JOB)));

  assert.equal(await countStarts(store), 1);
});

Deno.test("parseJobCount() is 0 for a sum below zero, and without a sum", () => {
  assert.equal(parseJobCount({ value: 2n ** 64n - 3n }), 0);
  assert.equal(parseJobCount(null), 0);
});
