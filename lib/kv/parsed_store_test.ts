// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { createModelStore } from "../../tests/support/model_store.ts";
import { BAD_ROWS, type BadRow, createParsedStore, createSumSchema } from "./parsed_store.ts";
import type { Store } from "./store.ts";
import type { Sum } from "./write.ts";

const NOW = Date.UTC(2026, 4, 4);

const createRowSchema = () => z.object({ v: z.literal(1), text: z.string() });

/** A store with good rows `["row", 2 and 4]` and a bad row `["row", 3]`. */
async function createTestStore(store: Store): Promise<{ parsed: Store; reported: BadRow[] }> {
  const reported: BadRow[] = [];
  const parsed = createParsedStore(store, {
    schemas: {
      "row": { key: () => z.tuple([z.literal("row"), z.number()]), value: createRowSchema },
      "kept": {
        value: createRowSchema,
        replace: (key) => ({ sets: [{ key, value: { v: 1, text: "?" } }] }),
      },
      "counted/one": { value: createRowSchema },
      "sum": { value: createSumSchema },
    },
    now: () => NOW,
    onSetAside: (row) => reported.push(row),
  });
  await store.commit({
    sets: [2, 3, 4].map((n) => ({ key: ["row", n], value: { v: n === 3 ? 99 : 1, text: `${n}` } })),
  });
  return { parsed, reported };
}

const PROBLEM = { key: ["row", 3], problem: "value.v: invalid_value" };

Deno.test("a parsed store reads a bad row as a missing one, and reports it once", async () => {
  await using store = createMemoryStore();
  const { parsed, reported } = await createTestStore(store);

  const first = await parsed.get(["row", 3]);
  const second = await parsed.get(["row", 3]);

  assert.deepEqual([first, second].map((row) => row.value), [null, null]);
  assert.equal(first.versionstamp, null);
  assert.deepEqual(reported, [PROBLEM]);
});

Deno.test("a parsed store keeps what a bad row held", async () => {
  await using store = createMemoryStore();
  const { parsed } = await createTestStore(store);

  await parsed.get(["row", 3]);

  const [kept] = await store.list({ prefix: BAD_ROWS }, { limit: 2 });
  assert.deepEqual(kept?.key, [...BAD_ROWS, NOW, "row", 3]);
  assert.deepEqual(kept.value, { v: 99, text: "3" });
});

Deno.test("a parsed store gives the good rows beside a bad one", async () => {
  await using store = createMemoryStore();
  const { parsed } = await createTestStore(store);

  const rows = await parsed.getMany<{ text: string }[]>([["row", 2], ["row", 3], ["row", 4]]);

  assert.deepEqual(rows.map(({ value }) => value?.text), ["2", undefined, "4"]);
});

Deno.test("a parsed store fills a list up to its limit, however many rows are bad", async () => {
  await using store = createMemoryStore();
  const { parsed, reported } = await createTestStore(store);
  await store.commit({ sets: [{ key: ["row", "text"], value: { v: 1, text: "" } }] });

  const rows = await parsed.list<{ text: string }>({ prefix: ["row"] }, { limit: 2 });

  assert.deepEqual(rows.map(({ value }) => value?.text), ["2", "4"]);
  assert.deepEqual(reported, [{ key: ["row", "text"], problem: "key.1: invalid_type" }, PROBLEM]);
});

Deno.test("a parsed store replaces a bad row where its schema says so", async () => {
  await using store = createMemoryStore();
  const { parsed } = await createTestStore(store);
  await store.commit({ sets: [{ key: ["kept"], value: "text" }] });

  const { value } = await parsed.get(["kept"]);

  assert.deepEqual(value, { v: 1, text: "?" });
});

Deno.test("a parsed store does not set a row aside that has been repaired meanwhile", async () => {
  await using store = createMemoryStore();
  const repaired = { key: ["row", 3], value: { v: 1, text: "repaired" } };
  const racing: Store = {
    ...store,
    async commit(write) {
      if (write.checks !== undefined) await store.commit({ sets: [repaired] });
      return await store.commit(write);
    },
  };
  const { parsed, reported } = await createTestStore(racing);

  const { value } = await parsed.get(["row", 3]);

  assert.deepEqual([value, reported], [repaired.value, []]);
});

Deno.test("a parsed store finds a schema by the first two parts of a key", async () => {
  await using store = createMemoryStore();
  const { parsed } = await createTestStore(store);
  await store.commit({ sets: [{ key: ["counted", "one", 1], value: "text" }] });

  assert.equal((await parsed.get(["counted", "one", 1])).value, null);
});

Deno.test("a parsed store refuses to read rows that have no schema", async () => {
  await using store = createMemoryStore();
  const { parsed } = await createTestStore(store);

  await assert.rejects(parsed.get(["counted", "two"]), /No schema for the rows of counted/);
});

for (
  const [name, create] of [
    ["Deno KV", createMemoryStore],
    ["the model's store", () => createModelStore({ rows: new Map(), version: 0 })],
  ] as const
) {
  Deno.test(`a parsed store writes all of a write whose sum meets a bad row, on ${name}`, async () => {
    const store = create();
    const { parsed, reported } = await createTestStore(store);
    await store.commit({ sets: [{ key: ["sum", "bad"], value: 7 }] });

    const isWritten = await parsed.commit({
      sets: [{ key: ["row", 1], value: { v: 1, text: "1" } }],
      sums: [{ key: ["sum", "good"], amount: 1 }, { key: ["sum", "bad"], amount: 2 }],
    });

    const read = async (key: string) => (await parsed.get<Sum>(["sum", key])).value?.value;
    assert.equal(isWritten, true);
    assert.deepEqual([await read("good"), await read("bad")], [1n, 2n]);
    assert.notEqual((await parsed.get(["row", 1])).value, null);
    assert.deepEqual(reported.map(({ key }) => key), [["sum", "bad"]]);
    await store.close();
  });
}
