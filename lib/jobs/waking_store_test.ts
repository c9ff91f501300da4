import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import type { Write } from "../kv/write.ts";
import { createWakingStore } from "./waking_store.ts";

Deno.test("createWakingStore() reports a write once it is committed, and only then", async () => {
  await using memory = createMemoryStore();
  const reported: Write[] = [];
  const store = createWakingStore(memory, (write) => reported.push(write));
  const write = { checks: [{ key: ["a"], versionstamp: null }], sets: [{ key: ["a"], value: 1 }] };

  const committed = [await store.commit(write), await store.commit(write)];

  assert.deepEqual([committed, reported], [[true, false], [write]]);
});
