import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import type { Store } from "../kv/store.ts";
import { callbackKey, type CallbackRecord } from "./callbacks.ts";
import { readTimeline, recordEvent, type TimelineEventKind } from "./timeline.ts";

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
