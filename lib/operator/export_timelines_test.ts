// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  createOpen,
  EXECUTION_ID,
  IDENTITY_ID,
  storeExecution,
} from "../../tests/support/verification_rows.ts";
import { callbackKey } from "../history/callbacks.ts";
import { recordEvent, type TimelineEventKind } from "../history/timeline.ts";
import type { Store } from "../kv/store.ts";
import { tombstoneKey } from "../verification/rows.ts";
import { type ExportPlace, exportTimelines } from "./export_timelines.ts";

const ERASED_ID = "1f0e9c1e-4c53-4ad0-8b57-1f5b0a7c3d21";

async function record(
  store: Store,
  subjectId: string,
  events: Readonly<Record<number, TimelineEventKind>>,
): Promise<void> {
  for (const [at, event] of Object.entries(events)) {
    await store.commit(recordEvent(subjectId, { at: Number(at), event, details: {} }));
  }
}

/** An identity with an execution and a callback, an execution of nobody, an erasure, a sweep. */
async function storeHistory(store: Store): Promise<void> {
  await storeExecution(store, createOpen());
  await record(store, IDENTITY_ID, { 10: "hook", 20: "start", 50: "publish" });
  await record(store, EXECUTION_ID, { 40: "check" });
  const callback = { v: 1, sentAt: null, receivedAt: 30 };
  await store.commit({ sets: [{ key: callbackKey(EXECUTION_ID, "PROCESSED"), value: callback }] });
  await record(store, "ffffffff-0000-4000-8000-000000000000", { 15: "callback" });
  await record(store, "identities", { 60: "operator" });
  const tombstone = { v: 1, requestedAt: 35, by: "ada", secretId: "s", erasedAt: 36, sequence: 0 };
  await store.commit({ sets: [{ key: tombstoneKey(ERASED_ID), value: tombstone }] });
}

const HISTORY = [
  `${ERASED_ID} 35 operator`,
  `${IDENTITY_ID} 10 hook`,
  `${IDENTITY_ID} 20 start`,
  `${IDENTITY_ID} 30 callback`,
  `${IDENTITY_ID} 40 check`,
  `${IDENTITY_ID} 50 publish`,
  "ffffffff-0000-4000-8000-000000000000 15 callback",
  "identities 60 operator",
];

/** Exports all pages. Checks that no page is larger than it may be. */
async function exportAll(
  store: Store,
  { limit = 100, since, until }: { limit?: number; since?: number; until?: number } = {},
): Promise<string[]> {
  const lines = [];
  let after: ExportPlace | undefined;
  do {
    const page = await exportTimelines(store, { since, until, after, limit });
    assert(page.events.length <= limit + 1);
    lines.push(...page.events.map((one) => `${one.subjectId} ${one.event.at} ${one.event.event}`));
    after = page.next;
  } while (after !== undefined);
  return lines;
}

Deno.test("exportTimelines() exports every timeline once: identities with their executions, and the rest", async () => {
  await using store = createMemoryStore();
  await storeHistory(store);

  const { events } = await exportTimelines(store, {
    since: undefined,
    until: undefined,
    after: undefined,
    limit: 1,
  });

  assert.deepEqual(await exportAll(store), HISTORY);
  assert.deepEqual(events.map(({ event }) => event.details), [
    { action: "erase", "erased_at": 36, by: "ada", "secret_id": "s" },
  ]);
});

for (const limit of [1, 2, 3]) {
  Deno.test(`exportTimelines() exports the same in pages of ${limit}`, async () => {
    await using store = createMemoryStore();
    await storeHistory(store);

    assert.deepEqual(await exportAll(store, { limit }), HISTORY);
  });
}

Deno.test("exportTimelines() exports the events from a time on, and before another", async () => {
  await using store = createMemoryStore();
  await storeHistory(store);

  const lines = await exportAll(store, { since: 20, until: 40, limit: 2 });

  assert.deepEqual(lines, [HISTORY[0], HISTORY[2], HISTORY[3]]);
});

for (
  const [name, change] of [
    ["whose identity has no event", { identityId: ERASED_ID }],
    ["of nobody", { identityId: null }],
  ] as const
) {
  Deno.test(`exportTimelines() exports the events of an execution ${name}`, async () => {
    await using store = createMemoryStore();
    await storeExecution(store, createOpen(change));
    await record(store, EXECUTION_ID, { 40: "check" });

    assert.deepEqual(await exportAll(store), [`${EXECUTION_ID} 40 check`]);
  });
}

Deno.test("exportTimelines() exports the events of an execution that its identity does not list", async () => {
  await using store = createMemoryStore();
  await storeExecution(store, createOpen());
  await store.commit({
    deletes: [["identity_execution", IDENTITY_ID, createOpen().createdAt, EXECUTION_ID]],
  });
  await record(store, IDENTITY_ID, { 10: "hook" });
  await record(store, EXECUTION_ID, { 40: "check" });

  assert.deepEqual(await exportAll(store), [
    `${IDENTITY_ID} 10 hook`,
    `${EXECUTION_ID} 40 check`,
  ]);
});

Deno.test("exportTimelines() reads a bounded number of rows for a page, however much is stored", async () => {
  await using store = createMemoryStore();
  for (let person = 0; person < 300; person++) {
    const id = `${String(person).padStart(8, "0")}-0000-4000-8000-000000000000`;
    await record(store, id, { 10: "hook", 20: "start", 30: "publish", 40: "confirm" });
  }
  let rows = 0;
  const watched: Store = {
    ...store,
    async list<Value>(...args: Parameters<Store["list"]>) {
      const found = await store.list<Value>(...args);
      rows += found.length;
      return found;
    },
  };
  const limits = { since: undefined, until: undefined, limit: 18 };

  const first = await exportTimelines(watched, { ...limits, after: undefined });
  const rowsOfFirst = rows;
  const empty = await exportTimelines(watched, { ...limits, since: 50, after: undefined });

  assert.equal(first.events.length, 18);
  assert(rowsOfFirst <= 30, String(rowsOfFirst));
  assert.deepEqual([empty.events.length, rows - rowsOfFirst], [0, 100]);
  assert.deepEqual(empty.next, {
    subjectId: "00000099-0000-4000-8000-000000000000",
    cursor: null,
  });
});
