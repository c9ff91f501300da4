// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { type Update, updateRows, WriteConflictError } from "./update.ts";

const KEY = ["number"];

/** Counts up by one, from what is stored at the moment of the attempt. */
async function buildIncrement(
  store: ReturnType<typeof createMemoryStore>,
): Promise<Update<number>> {
  const row = await store.get<number>(KEY);
  const outcome = (row.value ?? 0) + 1;
  return { write: { checks: [row], sets: [{ key: KEY, value: outcome }] }, outcome };
}

Deno.test("updateRows() commits the write and gives its outcome", async () => {
  await using store = createMemoryStore();

  const outcome = await updateRows(store, { action: "count", build: () => buildIncrement(store) });

  assert.deepEqual([outcome, (await store.get(KEY)).value], [1, 1]);
});

Deno.test("updateRows() builds the write again from the rows as they are after a conflict", async () => {
  await using store = createMemoryStore();
  const attempts: number[] = [];

  const outcome = await updateRows(store, {
    action: "count",
    async build(attempt) {
      attempts.push(attempt);
      const update = await buildIncrement(store);
      if (attempt === 1) await store.commit({ sets: [{ key: KEY, value: 41 }] });
      return update;
    },
  });

  assert.deepEqual([outcome, (await store.get(KEY)).value, attempts], [42, 42, [1, 2]]);
});

Deno.test("updateRows() loses no write of ten at the same time", async () => {
  await using store = createMemoryStore();

  const outcomes = await Promise.all(
    Array.from(
      { length: 10 },
      () => updateRows(store, { action: "count", build: () => buildIncrement(store) }),
    ),
  );

  assert.deepEqual(outcomes.sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal((await store.get(KEY)).value, 10);
});

Deno.test("updateRows() commits nothing where there is nothing to write", async () => {
  const store = { commit: () => Promise.reject(new Error("Nothing may be committed")) };

  const outcome = await updateRows(store, {
    action: "count",
    build: () => Promise.resolve({ outcome: "not_needed" }),
  });

  assert.equal(outcome, "not_needed");
});

Deno.test("updateRows() throws an error of its own after 20 conflicts", async () => {
  let attempts = 0;
  const store = { commit: () => Promise.resolve(false) };

  const update = updateRows(store, {
    action: "count",
    build: () => (attempts++, Promise.resolve({ write: {}, outcome: "written" })),
  });

  await assert.rejects(update, (error) => {
    assert(error instanceof WriteConflictError);
    assert.equal(error.message, "Cannot count: its rows changed during each of 20 attempts");
    return true;
  });
  assert.equal(attempts, 20);
});

Deno.test("updateRows() passes on what KV throws, without another attempt", async () => {
  let attempts = 0;
  const store = { commit: () => Promise.reject(new TypeError("down")) };

  const update = updateRows(store, {
    action: "count",
    build: () => (attempts++, Promise.resolve({ write: {}, outcome: "written" })),
  });

  await assert.rejects(update, /down/);
  assert.equal(attempts, 1);
});
