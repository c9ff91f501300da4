import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { claimJobs } from "./claim.ts";
import { type Job, readJob, replaceJob, requestJobFrom } from "./job.ts";
import { type CheckRequest, checkRequestKey } from "./check_request.ts";
import type { Store } from "../kv/store.ts";

const NOW = 1_000_000;

async function ask(
  store: Store,
  { at, request = {} }: { at: number; request?: Partial<CheckRequest> },
): Promise<void> {
  const key = checkRequestKey({ id: "e", dueAt: at, status: "PROCESSED" });
  await store.commit({ sets: [{ key, value: { v: 1, accountId: "a", ...request } }] });
}

async function planPoll(store: Store, change: Partial<Job<"check">> = {}): Promise<void> {
  const dueAt = NOW + 600_000;
  const data = { accountId: "a", isCalledBack: false, pollAfterMs: 600_000 };
  await store.commit(
    await requestJobFrom(store, { kind: "check", id: "e", data, dueAt, now: NOW - 100 }),
  );
  const row = await readJob(store, { kind: "check", id: "e" });
  assert(row.value);
  await store.commit(replaceJob(row, { ...row.value, ...change }));
}

async function countDue(store: Store): Promise<number> {
  return (await store.list({ prefix: ["due"] }, { limit: 10 })).length;
}

Deno.test("claimJobs() makes a job of a callback's wish alone, as old as the callback", async () => {
  await using store = createMemoryStore();
  await ask(store, { at: NOW - 7, request: { expectedIdentityId: "i", trace: "t" } });

  const { jobs: [job] } = await claimJobs(store, { kind: "check", now: () => NOW, limit: 8 });

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

Deno.test("claimJobs() brings a poll forward that a callback wishes for", async () => {
  await using store = createMemoryStore();
  await planPoll(store);
  await ask(store, { at: NOW });

  const { jobs: [job] } = await claimJobs(store, { kind: "check", now: () => NOW, limit: 8 });

  assert.deepEqual(job?.data, { accountId: "a", isCalledBack: true, pollAfterMs: 600_000 });
  assert.deepEqual([job?.createdAt, job?.dueAt], [NOW - 100, NOW + 30_000]);
  assert.equal(await countDue(store), 1);
});

Deno.test("claimJobs() tells who is at work on an execution of the wish for another look", async () => {
  await using store = createMemoryStore();
  await planPoll(store, { leaseId: "other", dueAt: NOW + 9_000 });
  await ask(store, { at: NOW });

  const claimed = await claimJobs(store, { kind: "check", now: () => NOW, limit: 8 });

  assert.deepEqual(claimed, { jobs: [], nextDueAt: NOW + 9_000 });
  const { value: job } = await readJob(store, { kind: "check", id: "e" });
  assert.deepEqual(
    [job?.leaseId, job?.isNudged, job?.data.isCalledBack],
    ["other", true, true],
  );
  assert.equal(await countDue(store), 1);
});

Deno.test("claimJobs() leaves a failing job its pause, however often it is wished for", async () => {
  await using store = createMemoryStore();
  await planPoll(store, { failures: 3, lastRunAt: NOW - 1_000 });
  await ask(store, { at: NOW });

  const claimed = await claimJobs(store, { kind: "check", now: () => NOW, limit: 8 });

  assert.deepEqual(claimed, { jobs: [], nextDueAt: NOW + 4_000 });
  assert.equal(await countDue(store), 1);
});

Deno.test("claimJobs() gives one of two instances the job that is wished for", async () => {
  await using store = createMemoryStore();
  await ask(store, { at: NOW });

  const claims = await Promise.all(
    [1, 2].map(() => claimJobs(store, { kind: "check", now: () => NOW, limit: 8 })),
  );

  assert.equal(claims.flatMap(({ jobs }) => jobs).length, 1);
  assert.equal(await countDue(store), 1);
});
