// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites } from "../kv/write.ts";
import {
  COUNT_NAMES,
  type CountName,
  countOne,
  deleteOldCounts,
  readCounts,
  sumCounts,
} from "./hourly_counts.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 4, 4, 9, 30);

async function count(store: Store, ...events: readonly [CountName, number][]): Promise<void> {
  await store.commit(mergeWrites(...events.map(([name, at]) => countOne(name, at))));
}

Deno.test("readCounts() gives the counts of each hour, oldest first", async () => {
  await using store = createMemoryStore();
  await count(
    store,
    ["starts", NOW - HOUR],
    ["starts", NOW - HOUR],
    ["starts", NOW],
    ["verified", NOW],
  );

  const hours = await readCounts(store, { now: NOW, hours: 3 });

  const hour = Date.UTC(2026, 4, 4, 9);
  assert.deepEqual(hours.map(({ startsAt }) => startsAt), [hour - 2 * HOUR, hour - HOUR, hour]);
  assert.deepEqual(hours.map(({ counts }) => [counts.starts, counts.verified]), [
    [0, 0],
    [2, 0],
    [1, 1],
  ]);
});

Deno.test("readCounts() leaves out hours before and after the asked ones", async () => {
  await using store = createMemoryStore();
  await count(store, ["starts", NOW - 2 * HOUR], ["starts", NOW + HOUR]);

  const hours = await readCounts(store, { now: NOW, hours: 2 });

  assert.equal(sumCounts(hours).starts, 0);
});

Deno.test("readCounts() ignores a count that it does not know", async () => {
  await using store = createMemoryStore();
  const { sums = [] } = countOne("starts", NOW);
  await store.commit({
    sums: sums.map(({ key }) => ({ key: [...key.slice(0, 2), "x"], amount: 1 })),
  });

  const [hour] = await readCounts(store, { now: NOW, hours: 1 });

  assert.deepEqual(Object.keys(hour?.counts ?? {}).sort(), [...COUNT_NAMES].sort());
});

Deno.test("sumCounts() adds up all hours", async () => {
  await using store = createMemoryStore();
  await count(store, ["expired", NOW], ["expired", NOW - 5 * HOUR], ["review", NOW]);

  const { expired, review, starts } = sumCounts(await readCounts(store, { now: NOW, hours: 24 }));

  assert.deepEqual([expired, review, starts], [2, 1, 0]);
});

Deno.test("deleteOldCounts() deletes counts older than five weeks, and no others", async () => {
  await using store = createMemoryStore();
  await count(store, ["starts", NOW - 36 * DAY], ["starts", NOW - 34 * DAY], ["starts", NOW]);

  await deleteOldCounts(store, NOW);

  assert.equal((await store.list({ prefix: ["count"] }, { limit: 10 })).length, 2);
  assert.equal(sumCounts(await readCounts(store, { now: NOW, hours: 40 * 24 })).starts, 2);
});

Deno.test("deleteOldCounts() deletes more rows than one write does", async () => {
  await using store = createMemoryStore();
  const old = Array.from(
    { length: 600 },
    (_, hour) => countOne("starts", NOW - 40 * DAY - hour * HOUR),
  );
  await store.commit(mergeWrites(...old.slice(300)));
  await store.commit(mergeWrites(...old.slice(0, 300)));

  await deleteOldCounts(store, NOW);

  assert.deepEqual(await store.list({ prefix: ["count"] }, { limit: 1 }), []);
});
