// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  createOpen,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeExecution,
  storeVerification,
} from "../../tests/support/verification_rows.ts";
import type { Store } from "../kv/store.ts";
import { findRecord, listVerifications } from "./list.ts";
import { tombstoneKey } from "./rows.ts";

async function storePeople(store: Store): Promise<void> {
  const people = [["a", "pending", 1], ["b", "review", 2], ["c", "pending", 3]] as const;
  for (const [identityId, status, changedAt] of people) {
    await storeVerification(store, createStarted({ identityId, status, changedAt }));
  }
}

function idsOf(page: Awaited<ReturnType<typeof listVerifications>>): string[] {
  return page.verifications.map(({ identityId }) => identityId);
}

Deno.test("listVerifications() merges the lists of its statuses, the last changed first", async () => {
  await using store = createMemoryStore();
  await storePeople(store);

  const all = await listVerifications(store, { statuses: ["pending", "review"], limit: 5 });
  const review = await listVerifications(store, { statuses: ["review"], limit: 5 });

  assert.deepEqual([idsOf(all), idsOf(review)], [["c", "b", "a"], ["b"]]);
});

Deno.test("listVerifications() lists page by page", async () => {
  await using store = createMemoryStore();
  await storePeople(store);
  const statuses = ["pending", "review"] as const;

  const first = await listVerifications(store, { statuses, limit: 2 });
  const second = await listVerifications(store, { statuses, limit: 2, after: first.next });

  assert.deepEqual([idsOf(first), idsOf(second), second.next], [["c", "b"], ["a"], undefined]);
});

Deno.test("listVerifications() lists the oldest first, page by page, also within a millisecond", async () => {
  await using store = createMemoryStore();
  for (const [identityId, changedAt] of [["a", 2], ["b", 1], ["c", 2], ["d", 3]] as const) {
    const status = identityId === "c" ? "pending" : "review";
    await storeVerification(store, createStarted({ identityId, status, changedAt }));
  }
  const listing = { statuses: ["pending", "review"], first: "oldest", limit: 2 } as const;

  const first = await listVerifications(store, listing);
  const second = await listVerifications(store, { ...listing, after: first.next });
  const old = await listVerifications(store, { ...listing, limit: 9, until: 2 });
  const none = await listVerifications(store, { ...listing, until: 2, after: first.next });

  assert.deepEqual([idsOf(first), idsOf(second), second.next], [["b", "a"], ["c", "d"], undefined]);
  assert.deepEqual([idsOf(old), idsOf(none)], [["b"], []]);
});

Deno.test("listVerifications() lists a time: its begin included, its end not", async () => {
  await using store = createMemoryStore();
  await storePeople(store);
  const statuses = ["pending", "review"] as const;

  const page = await listVerifications(store, { statuses, limit: 5, since: 2, until: 3 });
  const none = await listVerifications(store, { statuses, limit: 5, since: 3, until: 2 });

  assert.deepEqual([idsOf(page), idsOf(none)], [["b"], []]);
});

Deno.test("findRecord() finds a record by its identity, and by one of its executions", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen());

  const records = [await findRecord(store, IDENTITY_ID), await findRecord(store, EXECUTION_ID)];

  assert.deepEqual(records[0], records[1]);
  assert.deepEqual(records[0]?.executions.map(({ id }) => id), [EXECUTION_ID]);
});

Deno.test("findRecord() finds an erased identity by its tombstone, and no other id", async () => {
  await using store = createMemoryStore();
  await store.commit({ sets: [{ key: tombstoneKey(IDENTITY_ID), value: { requestedAt: NOW } }] });

  const record = await findRecord(store, IDENTITY_ID);

  assert.equal(record?.verification, null);
  assert.equal(await findRecord(store, EXECUTION_ID), undefined);
});
