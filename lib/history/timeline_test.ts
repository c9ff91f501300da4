// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import type { Store } from "../kv/store.ts";
import { callbackKey, type CallbackRecord } from "./callbacks.ts";
import { findSubject, readTimeline, recordEvent, type TimelineEventKind } from "./timeline.ts";

async function record(
  store: Store,
  subjectId: string,
  ...events: readonly [at: number, event: TimelineEventKind, name?: string][]
): Promise<void> {
  for (const [at, event, name] of events) {
    const options = name === undefined ? {} : { collapsesAs: name };
    await store.commit(
      recordEvent(subjectId, { at, event, details: { name: name ?? "" }, ...options }),
    );
  }
}

async function readKinds(store: Store, ...subjectIds: readonly string[]): Promise<string[]> {
  const { events } = await readTimeline(store, { subjectIds, limit: 100 });
  return events.map(({ at, event }) => `${at} ${event}`);
}

Deno.test("readTimeline() merges identity and executions in the order of time", async () => {
  await using store = createMemoryStore();
  await record(store, "identity", [1, "hook"], [5, "publish"]);
  await record(store, "execution", [4, "check"]);
  await record(store, "other", [3, "check"]);

  assert.deepEqual(await readKinds(store, "identity", "execution"), [
    "1 hook",
    "4 check",
    "5 publish",
  ]);
});

Deno.test("readTimeline() lists causes before effects within a millisecond", async () => {
  await using store = createMemoryStore();
  await record(store, "identity", [1, "publish"], [1, "dead_letter"], [1, "operator"], [
    1,
    "start",
  ]);

  assert.deepEqual(await readKinds(store, "identity"), [
    "1 operator",
    "1 start",
    "1 publish",
    "1 dead_letter",
  ]);
});

Deno.test("readTimeline() lists accepted callbacks as events", async () => {
  await using store = createMemoryStore();
  const value: CallbackRecord = { v: 1, sentAt: null, receivedAt: 2 };
  await store.commit({ sets: [{ key: callbackKey("execution", "PROCESSED"), value }] });
  await record(store, "execution", [1, "poll"], [3, "check"]);

  const { events } = await readTimeline(store, { subjectIds: ["execution"], limit: 10 });

  assert.deepEqual(events[1], {
    v: 1,
    at: 2,
    event: "callback",
    details: { outcome: "accepted", status: "PROCESSED" },
  });
  assert.equal(events.length, 3);
});

Deno.test("readTimeline() gives every event once over all pages", async () => {
  await using store = createMemoryStore();
  const value: CallbackRecord = { v: 1, sentAt: null, receivedAt: 3 };
  await store.commit({ sets: [{ key: callbackKey("execution", "PROCESSED"), value }] });
  await record(store, "identity", [1, "hook", "a"], [3, "start", "b"], [3, "start", "c"], [
    7,
    "retry",
  ]);
  await record(store, "execution", [3, "check", "d"], [9, "check", "e"]);
  const subjectIds = ["identity", "execution"];
  const { events: all } = await readTimeline(store, { subjectIds, limit: 100 });

  const paged = [];
  let cursor: string | null | undefined;
  do {
    const page = await readTimeline(store, { subjectIds, limit: 2, cursor: cursor ?? undefined });
    paged.push(...page.events);
    cursor = page.nextCursor;
  } while (cursor !== null);

  assert.equal(all.length, 7);
  assert.deepEqual(paged, all);
});

for (
  const [since, until, expected] of [
    [2, 9, ["2 callback", "3 start", "7 retry"]],
    [3, undefined, ["3 start", "7 retry", "9 check"]],
    [undefined, 3, ["1 hook", "2 callback"]],
    [undefined, 2, ["1 hook"]],
    [7, 7, []],
    [9, 7, []],
  ] as const
) {
  Deno.test(`readTimeline() reads from ${since} to before ${until}, all at once and in pages`, async () => {
    await using store = createMemoryStore();
    const value: CallbackRecord = { v: 1, sentAt: null, receivedAt: 2 };
    await store.commit({ sets: [{ key: callbackKey("execution", "PROCESSED"), value }] });
    await record(store, "identity", [1, "hook"], [3, "start"], [7, "retry"]);
    await record(store, "execution", [9, "check"]);
    const range = { subjectIds: ["identity", "execution"], since, until };
    const describe = ({ at, event }: { at: number; event: string }) => `${at} ${event}`;

    const all = await readTimeline(store, { ...range, limit: 9 });
    const paged = [];
    let cursor: string | undefined;
    do {
      const page = await readTimeline(store, { ...range, limit: 1, cursor });
      paged.push(...page.events);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);

    assert.deepEqual([all.events.map(describe), all.nextCursor], [expected, null]);
    assert.deepEqual(paged.map(describe), expected);
  });
}

Deno.test("findSubject() finds each subject once, in the order of their ids", async () => {
  await using store = createMemoryStore();
  await record(store, "b", [1, "hook"], [2, "start"]);
  await record(store, "a", [5, "hook"], [6, "hook"]);
  await record(store, "ab", [3, "hook"]);

  const found = [];
  let after: string | undefined;
  while ((after = await findSubject(store, { after })) !== undefined) found.push(after);

  assert.deepEqual(found, ["a", "ab", "b"]);
});

Deno.test("recordEvent() replaces an event with the same time, kind and name", async () => {
  await using store = createMemoryStore();
  await record(store, "identity", [1, "retry", "a"], [1, "retry", "a"], [1, "retry", "b"]);

  assert.deepEqual(await readKinds(store, "identity"), ["1 retry", "1 retry"]);
});

Deno.test("recordEvent() keeps events without a name apart", async () => {
  await using store = createMemoryStore();
  await record(store, "identity", [1, "start"], [1, "start"]);

  assert.deepEqual(await readKinds(store, "identity"), ["1 start", "1 start"]);
});

Deno.test("recordEvent() lets events expire after 400 days", () => {
  const { sets = [] } = recordEvent("identity", { at: 1, event: "hook", details: {} });

  assert.deepEqual(sets.map(({ expireInMs }) => expireInMs), [400 * 86_400_000]);
});
