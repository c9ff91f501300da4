// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createParsedStore, createSumSchema } from "../../lib/kv/parsed_store.ts";
import { createStore, type Store } from "../../lib/kv/store.ts";
import type { Sum } from "../../lib/kv/write.ts";
import { startDenokv } from "../../sandbox/processes/denokv.ts";

/** Adds the amounts one after the other. Returns the sum after each write. */
async function addUp(path: string, amounts: readonly number[]): Promise<unknown[]> {
  const store = createStore({ open: () => Deno.openKv(path) });
  const key = ["sum"];
  const sums = [];
  for (const amount of amounts) {
    await store.commit({ sums: [{ key, amount }] });
    sums.push((await store.get<Sum>(key)).value?.value);
  }
  await store.close();
  return sums;
}

Deno.test("Store.commit() adds negative amounts to a sum, below zero and back, on a file and on denokv", async () => {
  await using denokv = await startDenokv();
  Deno.env.set("DENO_KV_ACCESS_TOKEN", denokv.accessToken);
  const folder = await Deno.makeTempDir({ prefix: "sums-" });

  const onFile = await addUp(`${folder}/kv.sqlite3`, [-2, 1, 4, -1]);
  const onDenokv = await addUp(denokv.url, [-2, 1, 4, -1]);
  await Deno.remove(folder, { recursive: true });

  const wanted = [2n ** 64n - 2n, 2n ** 64n - 1n, 3n, 2n];
  assert.deepEqual(onFile, wanted);
  assert.deepEqual(onDenokv, wanted);
});

/** A write of two sets and two sums, of which the second meets a row that is no number. */
const TRAPPED = {
  sets: [{ key: ["row", "a"], value: 1 }, { key: ["row", "b"], value: 2 }],
  sums: [{ key: ["sum", "good"], amount: 1 }, { key: ["sum", "bad"], amount: 1 }],
};

async function readAll(store: Store): Promise<unknown[]> {
  const rows = await store.list<Sum | number | string>({ prefix: [] }, { limit: 10 });
  return rows.filter(({ key }) => key[0] !== "bad_row")
    .map(({ key, value }) => [...key, value instanceof Deno.KvU64 ? value.value : value]);
}

for (const where of [":memory:", "a file", "denokv"]) {
  Deno.test(`a write whose sum meets a row that is no number writes nothing, on ${where}, and all of it once that row is set aside`, async () => {
    await using denokv = await startDenokv();
    Deno.env.set("DENO_KV_ACCESS_TOKEN", denokv.accessToken);
    const folder = await Deno.makeTempDir({ prefix: "sums-" });
    const path = { ":memory:": where, "a file": `${folder}/kv.sqlite3` }[where] ?? denokv.url;
    const store = createStore({ open: () => Deno.openKv(path) });
    await store.commit({ sets: [{ key: ["sum", "bad"], value: "garbage" }] });
    const parsed = createParsedStore(store, {
      schemas: { "sum": { value: createSumSchema } },
      now: () => 0,
      onSetAside() {},
    });

    await assert.rejects(store.commit(TRAPPED), { reason: "bad_sum" });
    const refused = await readAll(store);
    const isWritten = await parsed.commit(TRAPPED);
    const written = await readAll(store);
    await store.close();
    await Deno.remove(folder, { recursive: true });

    assert.deepEqual(refused, [["sum", "bad", "garbage"]]);
    assert.equal(isWritten, true);
    assert.deepEqual(written, [
      ["row", "a", 1],
      ["row", "b", 2],
      ["sum", "bad", 1n],
      ["sum", "good", 1n],
    ]);
  });
}
