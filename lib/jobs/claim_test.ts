import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { claimJobs } from "./claim.ts";
import { requestJobFrom } from "./job.ts";
import type { Store } from "../kv/store.ts";

const NOW = 1_000;

async function request(store: Store, dueAt: Readonly<Record<string, number>>): Promise<void> {
  for (const [id, at] of Object.entries(dueAt)) {
    const job = {
      kind: "publish",
      id,
      data: { isConfirmation: false },
      dueAt: at,
      now: 0,
    } as const;
    await store.commit(await requestJobFrom(store, job));
  }
}

async function claimIds(store: Store, limit: number): Promise<string[]> {
  const { jobs } = await claimJobs(store, { kind: "publish", now: () => NOW, limit });
  return jobs.map(({ id }) => id);
}

Deno.test("claimJobs() claims as many as there is room for, the longest due first, in one write", async () => {
  await using memory = createMemoryStore();
  await request(memory, { c: 3, a: 1, later: NOW + 1, b: 2 });
  let commits = 0;
  const store: Store = { ...memory, commit: (write) => (commits++, memory.commit(write)) };

  const claims = [await claimIds(store, 2), await claimIds(store, 2)];

  assert.deepEqual([claims, commits], [[["a", "b"], ["c"]], 2]);
});

Deno.test("claimJobs() claims no more than a write has checks for", async () => {
  await using store = createMemoryStore();
  await request(store, Object.fromEntries(Array.from({ length: 20 }, (_, index) => [index, 1])));

  assert.equal((await claimIds(store, 16)).length, 8);
});

Deno.test("claimJobs() claims what is left when another is faster with one of them", async () => {
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
