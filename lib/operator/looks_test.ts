// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createFlakyStore } from "../../tests/support/flaky_store.ts";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
import {
  createStarted,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../tests/support/verification_rows.ts";
import type { Reader } from "../history/operator_action.ts";
import { type TimelineEvent, timelineKey } from "../history/timeline.ts";
import type { Store } from "../kv/store.ts";
import { verificationKey } from "../verification/rows.ts";
import { recordLook } from "./looks.ts";

const MINUTE = 60_000;
const ADA: Reader = { name: "ada", secretId: "0a0a0a0a" };
const BO: Reader = { name: "bo", secretId: "0b0b0b0b" };
const UNNAMED: Reader = { name: null, secretId: "0c0c0c0c" };

/** No deadline passes. */
const setDeadline = () => () => {};

async function listLooks(store: Store): Promise<readonly TimelineEvent[]> {
  const rows = await store.list<TimelineEvent>({ prefix: timelineKey(IDENTITY_ID) }, {
    limit: 1_000,
  });
  return rows.flatMap(({ value }) => value?.event === "view" ? [value] : []);
}

/** Looks as these operators, one after the other, and gives the lines of the log. */
async function look(
  store: Store,
  ...looks: readonly { reader?: Reader; at?: number }[]
): Promise<Record<string, unknown>[]> {
  const { log, lines } = createTestLog();
  for (const { reader = ADA, at = NOW } of looks) {
    await recordLook(IDENTITY_ID, { reader, store, now: () => at, log, setDeadline });
  }
  return lines.map((line) => JSON.parse(line));
}

Deno.test("recordLook() records who looked and when, for 400 days, and logs it", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  const lifetimes: (number | undefined)[] = [];
  const watched: Store = {
    ...store,
    commit(write) {
      lifetimes.push(...(write.sets ?? []).map(({ expireInMs }) => expireInMs));
      return store.commit(write);
    },
  };

  const [line] = await look(watched, {});

  const details = { by: "ada", "secret_id": "0a0a0a0a" };
  assert.deepEqual(await listLooks(store), [{ v: 1, at: NOW, event: "view", details }]);
  assert.deepEqual(lifetimes, [400 * 86_400_000]);
  const { message, outcome, identityId, by, secretId } = line ?? {};
  assert.deepEqual([message, outcome, identityId, by, secretId], [
    "An operator looked at a person",
    "recorded",
    IDENTITY_ID,
    "ada",
    "0a0a0a0a",
  ]);
});

Deno.test("recordLook() records an operator once in an hour, and logs each look", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());

  const lines = await look(
    store,
    { at: NOW },
    { at: NOW },
    { at: NOW + 60 * MINUTE },
    { at: NOW + 60 * MINUTE + 1 },
    { at: NOW + 61 * MINUTE },
  );

  assert.deepEqual(lines.map(({ outcome }) => outcome), [
    "recorded",
    "recorded_before",
    "recorded_before",
    "recorded",
    "recorded_before",
  ]);
  assert.deepEqual((await listLooks(store)).map(({ at }) => at), [NOW, NOW + 60 * MINUTE + 1]);
});

Deno.test("recordLook() tells operators apart by name and by secret", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  const rotated = { ...ADA, secretId: "0a0a0a0b" };

  await look(store, ...[ADA, BO, rotated, UNNAMED, BO].map((reader) => ({ reader })));

  const found = (await listLooks(store)).map(({ details }) =>
    `${details["by"]} ${details["secret_id"]}`
  );
  assert.deepEqual(found.sort(), [
    "ada 0a0a0a0a",
    "ada 0a0a0a0b",
    "bo 0b0b0b0b",
    "null 0c0c0c0c",
  ]);
});

Deno.test("recordLook() stores at most 50 looks at one person in an hour, whatever the names are", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  const invented = Array.from({ length: 60 }, (_, index) => ({
    reader: { name: `name ${index}`, secretId: UNNAMED.secretId },
  }));

  const lines = await look(store, ...invented, { at: NOW + 61 * MINUTE });

  assert.equal((await listLooks(store)).length, 51);
  assert.equal(lines.length, 61);
  assert.equal(lines.filter(({ outcome }) => outcome === "too_many").length, 10);
});

Deno.test("recordLook() leaves no row of a person who was erased", async () => {
  await using store = createMemoryStore();

  const lines = await look(store, {});

  assert.deepEqual(await listLooks(store), []);
  assert.equal(lines[0]?.["outcome"], "nothing_to_see");
});

Deno.test("recordLook() leaves no row of a person who is erased while it writes", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  const key = verificationKey(IDENTITY_ID);
  let isErased = false;
  const erasing: Store = {
    ...store,
    async commit(write) {
      if (!isErased) await store.commit({ deletes: [key] });
      isErased = true;
      return await store.commit(write);
    },
  };

  const lines = await look(erasing, {});

  assert.deepEqual(await listLooks(store), []);
  assert.equal(lines[0]?.["outcome"], "nothing_to_see");
});

Deno.test("recordLook() does not fail while KV is down, and an error in the log says who looked", async () => {
  const store = createFlakyStore({ isDown: true });

  const [line] = await look(store, {});

  await store.close();
  assert.equal(line?.["level"], "error");
  assert.match(String(line["message"]), /the timeline has no record of it/);
  assert.deepEqual([line["identityId"], line["by"], line["secretId"]], [
    IDENTITY_ID,
    "ada",
    "0a0a0a0a",
  ]);
});

Deno.test("recordLook() waits at most a second for KV, and then logs an error", async () => {
  await using store = createMemoryStore();
  const { log, lines } = createTestLog("error");
  const deadlines: number[] = [];
  const hanging: Store = { ...store, list: () => new Promise(() => {}) };

  await recordLook(IDENTITY_ID, {
    reader: ADA,
    store: hanging,
    now: () => NOW,
    log,
    setDeadline(callback, delayMs) {
      deadlines.push(delayMs);
      queueMicrotask(callback);
      return () => {};
    },
  });

  assert.deepEqual(deadlines, [1_000]);
  assert.equal(lines.length, 1);
});

Deno.test("recordLook() does not hide a bug", async () => {
  await using store = createMemoryStore();
  const broken: Store = { ...store, get: () => Promise.reject(new TypeError("a bug")) };

  await assert.rejects(look(broken, {}), TypeError);
});
