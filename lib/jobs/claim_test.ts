import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { claimJobs } from "./claim.ts";
import { PUBLISH } from "../verification/job_kinds.ts";
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
