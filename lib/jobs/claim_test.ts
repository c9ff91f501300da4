// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { claimJobs } from "./claim.ts";
import type { JobKind } from "./kind.ts";
import { createRateLimit, type RateLimit } from "./rate_limit.ts";
import { PUBLISH, START } from "../verification/job_kinds.ts";
import type { Store } from "../kv/store.ts";

const NOW = 1_000;

async function request(store: Store, dueAt: Readonly<Record<string, number>>): Promise<void> {
  for (const [id, at] of Object.entries(dueAt)) {
    const data = { isConfirmation: false };
    await commitRequest(store, { kind: PUBLISH, id, data, dueAt: at, now: 0 });
  }
}

async function claimIds(store: Store, limit: number): Promise<string[]> {
  const { jobs } = await claimJobs(store, { kind: PUBLISH, now: () => NOW, limit });
  return jobs.map(({ id }) => id);
}

Deno.test("claimJobs() claims up to the limit, the longest due first, in one write", async () => {
  await using memory = createMemoryStore();
  await request(memory, { c: 3, a: 1, later: NOW + 1, b: 2 });
  let commits = 0;
  const store: Store = { ...memory, commit: (write) => (commits++, memory.commit(write)) };

  const claims = [await claimIds(store, 2), await claimIds(store, 2)];

  assert.deepEqual([claims, commits], [[["a", "b"], ["c"]], 2]);
});

Deno.test("claimJobs() claims no more jobs than a write can check", async () => {
  await using store = createMemoryStore();
  await request(store, Object.fromEntries(Array.from({ length: 20 }, (_, index) => [index, 1])));

  assert.equal((await claimIds(store, 16)).length, 8);
});

Deno.test("claimJobs() claims the remaining jobs if another instance is faster with one", async () => {
  await using memory = createMemoryStore();
  await request(memory, { a: 1, b: 2, c: 3 });
  let others: string[] | undefined;
  const store: Store = {
    ...memory,
    async commit(write) {
      others ??= await claimIds(memory, 1);
      return await memory.commit(write);
    },
  };

  const ours = await claimIds(store, 8);

  assert.deepEqual([others, ours], [["a"], ["b", "c"]]);
});

for (
  const [kind, data, leasedForMs] of [
    [PUBLISH, { isConfirmation: false }, 30_000],
    [START, {}, 90_000],
  ] as const
) {
  Deno.test(`claimJobs() takes a ${kind.name} of an instance that died over after ${leasedForMs} ms`, async () => {
    await using store = createMemoryStore();
    const request = { kind: kind as JobKind, id: "a", data, dueAt: NOW, now: NOW };
    await commitRequest(store, request);
    const claim = async (now: number) =>
      (await claimJobs(store, { kind, now: () => now, limit: 1 })).jobs.length;

    const claimed = [
      await claim(NOW),
      await claim(NOW + leasedForMs - 1),
      await claim(NOW + leasedForMs),
    ];

    assert.deepEqual(claimed, [1, 0, 1]);
  });
}

Deno.test("claimJobs() looks at the last turn while nothing is due, so that the next job need not wait", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  const createLimit = () =>
    createRateLimit({ kind: START, monotonic: () => clock.now, perSecond: 1 });
  const claim = async (rateLimit: RateLimit) =>
    (await claimJobs(store, { kind: START, now: () => NOW, limit: 1, rateLimit })).jobs.length;
  const [theirs, ours] = [createLimit(), createLimit()];
  const request = (id: string) =>
    commitRequest(store, { kind: START, id, data: {}, dueAt: 0, now: 0 });
  await request("a");
  await claim(theirs);
  await claim(ours);
  clock.now += 1_000;
  await request("b");

  assert.equal(await claim(ours), 1);
});
