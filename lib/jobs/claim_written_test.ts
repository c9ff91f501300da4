// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { claimJobs, claimWritten } from "./claim.ts";
import { pauseKind } from "./pause.ts";
import { createRateLimit, type RateLimit } from "./rate_limit.ts";
import { START } from "../verification/job_kinds.ts";
import type { Store } from "../kv/store.ts";

const NOW = 1_000;

async function requestStart(store: Store, id: string, dueAt = NOW): Promise<void> {
  await commitRequest(store, { kind: START, id, data: {}, dueAt, now: NOW });
}

async function claim(
  store: Store,
  { ids = ["a"], rateLimit, limit = 8 }: {
    ids?: readonly string[];
    rateLimit?: RateLimit;
    limit?: number;
  } = {},
): Promise<readonly string[]> {
  const options = { kind: START, now: () => NOW, limit, rateLimit };
  return (await claimWritten(store, { ids, ...options }))?.jobs.map(({ id }) => id) ?? [];
}

Deno.test("claimWritten() claims a job with one read and one write", async () => {
  await using memory = createMemoryStore();
  await requestStart(memory, "a");
  const calls: string[] = [];
  const store: Store = {
    ...memory,
    get: (key) => (calls.push("get"), memory.get(key)),
    getMany: (keys) => (calls.push("getMany"), memory.getMany(keys)),
    list: (selector, options) => (calls.push("list"), memory.list(selector, options)),
    commit: (write) => (calls.push("commit"), memory.commit(write)),
  };
  const rateLimit = createRateLimit({ kind: START, monotonic: () => NOW, perSecond: 1 });

  assert.deepEqual(await claim(store, { rateLimit }), ["a"]);
  assert.deepEqual(calls, ["getMany", "commit"]);
});

Deno.test("claimWritten() leases the job as claimJobs() does, so nobody else can have it", async () => {
  await using store = createMemoryStore();
  await requestStart(store, "a");
  await requestStart(store, "b");

  const written = await claimWritten(store, {
    kind: START,
    ids: ["a"],
    now: () => NOW,
    limit: 8,
  });
  const { jobs } = await claimJobs(store, { kind: START, now: () => NOW, limit: 8 });

  const fields = { lastRunAt: NOW, dueAt: NOW + 90_000, isNudged: false };
  assert.deepEqual(jobs.map(({ id }) => id), ["b"]);
  for (const { lastRunAt, dueAt, isNudged, leaseId } of [...written?.jobs ?? [], ...jobs]) {
    assert.deepEqual({ lastRunAt, dueAt, isNudged }, fields);
    assert.notEqual(leaseId, null);
  }
});

Deno.test("claimWritten() lets one of two instances have the job", async () => {
  await using store = createMemoryStore();
  await requestStart(store, "a");

  const claimed = await Promise.all([claim(store), claim(store)]);

  assert.deepEqual(claimed.flat(), ["a"]);
});

Deno.test("claimWritten() claims nothing that does not exist, is not due, is leased or is paused, and writes nothing then", async () => {
  await using memory = createMemoryStore();
  await requestStart(memory, "later", NOW + 1);
  await requestStart(memory, "leased");
  await requestStart(memory, "paused");
  await claim(memory, { ids: ["leased"] });
  let commits = 0;
  const store: Store = { ...memory, commit: (write) => (commits++, memory.commit(write)) };

  const claimed = [await claim(store, { ids: ["unknown", "later", "leased"] })];
  await memory.commit(pauseKind(START, { reason: "test", now: NOW }));
  claimed.push(await claim(store, { ids: ["paused"] }));

  assert.deepEqual([claimed, commits], [[[], []], 0]);
});

Deno.test("claimWritten() claims those that are due, up to the limit", async () => {
  await using store = createMemoryStore();
  for (const id of ["a", "b", "c"]) await requestStart(store, id);

  const claimed = [
    await claim(store, { ids: ["unknown", "a"] }),
    await claim(store, { ids: ["b", "c"], limit: 1 }),
  ];

  assert.deepEqual(claimed, [["a"], ["b"]]);
});

Deno.test("claimWritten() waits for the turn of a rate limit, and takes it", async () => {
  await using store = createMemoryStore();
  for (const id of ["a", "b"]) await requestStart(store, id);
  const clock = { now: 0 };
  const rateLimit = createRateLimit({ kind: START, monotonic: () => clock.now, perSecond: 1 });

  const claimed = [
    await claim(store, { ids: ["a", "b"], rateLimit }),
    await claim(store, { ids: ["b"], rateLimit }),
  ];
  clock.now = 1_000;
  claimed.push(await claim(store, { ids: ["b"], rateLimit }));

  assert.deepEqual(claimed, [["a"], [], ["b"]]);
});

Deno.test("claimWritten() leaves a stored request beside the job to the next look at the queue", async () => {
  await using store = createMemoryStore();
  await requestStart(store, "a");
  const request = { v: 1, data: {}, requestedAt: NOW };
  await store.commit({ sets: [{ key: ["due", "start", NOW, "a", "request"], value: request }] });

  await claim(store);
  await claimJobs(store, { kind: START, now: () => NOW, limit: 8 });

  const { value } = await store.get<{ isNudged: boolean }>(["job", "start", "a"]);
  assert.equal(value?.isNudged, true);
});
