// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  createStarted,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../tests/support/verification_rows.ts";
import {
  changedAtOf,
  changeStatus,
  createVerification,
  noVerification,
  saveVerification,
  statusIndexKey,
  type Verification,
  verificationKey,
} from "./rows.ts";

Deno.test("saveVerification() moves a verification from the list of one status to another's", async () => {
  await using store = createMemoryStore();
  const before = createStarted();
  await storeVerification(store, before);
  const row = await store.get<Verification>(verificationKey(IDENTITY_ID));

  const after = changeStatus(before, { status: "expired", now: NOW + 5 });
  await store.commit(saveVerification(row, after));

  const listed = await store.list({ prefix: ["verification_by_status"] }, { limit: 5 });
  assert.deepEqual(listed.map(({ key }) => key), [statusIndexKey(after)]);
});

Deno.test("saveVerification() creates a verification once", async () => {
  await using store = createMemoryStore();
  const write = saveVerification(noVerification(IDENTITY_ID), createStarted());

  assert.deepEqual([await store.commit(write), await store.commit(write)], [true, false]);
});

Deno.test("changeStatus() gives each status a later time, although a clock was set back", () => {
  const before = createStarted();

  const after = changeStatus(before, { status: "expired", now: NOW - 60_000 });

  assert.equal(changedAtOf(after), changedAtOf(before) + 1);
  assert.equal(changeStatus(after, { status: "expired", now: NOW + 60_000 }), after);
});

Deno.test("changedAtOf() reads rows that an older version wrote without this time", () => {
  const { changedAt: _, ...old } = createVerification(IDENTITY_ID, { now: NOW });

  assert.equal(changedAtOf(old), NOW);
  assert.equal(changedAtOf({ ...old, decidedAt: NOW + 7 }), NOW + 7);
});
