// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { CHECK, type CheckData } from "../verification/job_kinds.ts";
import { claimJobs } from "./claim.ts";
import { type Job, readJob, replaceJob } from "./job.ts";
import { storeNudge, storeRequest } from "./stored_request.ts";
import type { Store } from "../kv/store.ts";

const NOW = 1_000_000;

async function storeCheck(
  store: Store,
  { at, data = {}, trace }: { at: number; data?: Partial<CheckData>; trace?: string },
): Promise<void> {
  const requested = { accountId: "a", isCalledBack: true, pollAfterMs: 0, ...data };
  const options = { id: "e", data: requested, dueAt: at, suffix: "PROCESSED", trace };
  await store.commit(storeRequest(CHECK, options));
}

async function planPoll(store: Store, change: Partial<Job<CheckData>> = {}): Promise<void> {
  const dueAt = NOW + 600_000;
  const data = { accountId: "a", isCalledBack: false, pollAfterMs: 600_000 };
  await commitRequest(store, { kind: CHECK, id: "e", data, dueAt, now: NOW - 100 });
  const row = await readJob(store, { kind: CHECK, id: "e" });
  assert(row.value);
  await store.commit(replaceJob(row, { ...row.value, ...change }));
}

async function countDue(store: Store): Promise<number> {
  return (await store.list({ prefix: ["due"] }, { limit: 10 })).length;
}

Deno.test("claimJobs() creates the job of a stored request, as old as the request", async () => {
  await using store = createMemoryStore();
  await storeCheck(store, { at: NOW - 7, data: { expectedIdentityId: "i" }, trace: "t" });

  const { jobs: [job] } = await claimJobs(store, { kind: CHECK, now: () => NOW, limit: 8 });

  assert(job);
  assert.deepEqual(
    [job.id, job.createdAt, job.trace, job.data],
    ["e", NOW - 7, "t", {
      accountId: "a",
      isCalledBack: true,
      pollAfterMs: 0,
      expectedIdentityId: "i",
    }],
  );
  assert.equal(await countDue(store), 1);
});

Deno.test("claimJobs() brings a poll forward that a stored request asks for", async () => {
  await using store = createMemoryStore();
  await planPoll(store);
  await storeCheck(store, { at: NOW });

  const { jobs: [job] } = await claimJobs(store, { kind: CHECK, now: () => NOW, limit: 8 });

  assert.deepEqual(job?.data, { accountId: "a", isCalledBack: true, pollAfterMs: 600_000 });
  assert.deepEqual([job?.createdAt, job?.dueAt], [NOW - 100, NOW + 30_000]);
  assert.equal(await countDue(store), 1);
});

Deno.test("claimJobs() nudges a run that is under way when there is a stored request", async () => {
  await using store = createMemoryStore();
  await planPoll(store, { leaseId: "other", dueAt: NOW + 9_000 });
  await storeCheck(store, { at: NOW });

  const claimed = await claimJobs(store, { kind: CHECK, now: () => NOW, limit: 8 });

  assert.deepEqual(claimed, { jobs: [], nextDueAt: NOW + 9_000, isCaughtUp: true });
  const { value: job } = await readJob(store, { kind: CHECK, id: "e" });
  assert.deepEqual(
    [job?.leaseId, job?.isNudged, job?.data.isCalledBack],
    ["other", true, true],
  );
  assert.equal(await countDue(store), 1);
});

Deno.test("claimJobs() keeps the delay of a failing job in spite of stored requests", async () => {
  await using store = createMemoryStore();
  await planPoll(store, { failures: 3, lastRunAt: NOW - 1_000 });
  await storeCheck(store, { at: NOW });

  const claimed = await claimJobs(store, { kind: CHECK, now: () => NOW, limit: 8 });

  assert.deepEqual(claimed, { jobs: [], nextDueAt: NOW + 4_000, isCaughtUp: true });
  assert.equal(await countDue(store), 1);
});

Deno.test("claimJobs() gives a requested job to one of two instances", async () => {
  await using store = createMemoryStore();
  await storeCheck(store, { at: NOW });

  const claims = await Promise.all(
    [1, 2].map(() => claimJobs(store, { kind: CHECK, now: () => NOW, limit: 8 })),
  );

  assert.equal(claims.flatMap(({ jobs }) => jobs).length, 1);
  assert.equal(await countDue(store), 1);
});

const NUDGED: readonly [string, Partial<Job<CheckData>>, number | undefined][] = [
  ["brings a waiting job forward", {}, NOW],
  ["leaves a failing job to its schedule", { failures: 1, lastRunAt: 0 }, undefined],
  ["changes nothing about a job that runs", { leaseId: "other" }, undefined],
];

for (const [what, change, claimedAt] of NUDGED) {
  Deno.test(`storeNudge() ${what}`, async () => {
    await using store = createMemoryStore();
    await planPoll(store, change);
    await store.commit(storeNudge(CHECK, { id: "e", dueAt: NOW }));

    const { jobs } = await claimJobs(store, { kind: CHECK, now: () => NOW, limit: 8 });

    assert.equal(jobs[0]?.lastRunAt, claimedAt);
    assert.equal(await countDue(store), 1);
  });
}

Deno.test("storeNudge() creates no job", async () => {
  await using store = createMemoryStore();
  await store.commit(storeNudge(CHECK, { id: "e", dueAt: NOW }));

  const { jobs } = await claimJobs(store, { kind: CHECK, now: () => NOW, limit: 8 });

  assert.deepEqual(jobs, []);
  assert.equal(await countDue(store), 0);
});
