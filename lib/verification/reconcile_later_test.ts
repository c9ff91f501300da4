// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
import { createStarted, IDENTITY_ID, NOW } from "../../tests/support/verification_rows.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import type { Store } from "../kv/store.ts";
import { createReconcileLater, type ReconcileLater } from "./reconcile_later.ts";
import { verificationKey } from "./rows.ts";

const MINUTE = 60_000;
const LOST = null;

interface Rig {
  readonly reconcileLater: ReconcileLater;
  readonly reads: string[];
  readonly lines: string[];
  /** Sends the answers that the comparisons wait for. */
  answer(): void;
  advance(ms: number): void;
}

function createRig(
  store: Store,
  { read = () => Promise.resolve(null) }: { read?: () => Promise<JumioMetadata | null> } = {},
): Rig {
  const reads: string[] = [];
  const timers: (() => void)[] = [];
  const { log, lines } = createTestLog();
  let at = NOW;
  const reconcileLater = createReconcileLater({
    store,
    log,
    kratos: { getJumioMetadata: (id) => (reads.push(id), read()) },
    now: () => at,
    setTimer: (callback) => {
      timers.push(callback);
      return () => {};
    },
  });
  return {
    reconcileLater,
    reads,
    lines,
    answer() {
      for (const callback of timers.splice(0)) callback();
    },
    advance(ms) {
      at += ms;
    },
  };
}

async function storeRecord(store: Store, identityId = IDENTITY_ID): Promise<void> {
  const value = { ...createStarted({ status: "rejected", verdict: "FAILED" }), identityId };
  await store.commit({ sets: [{ key: verificationKey(identityId), value }] });
}

Deno.test("ReconcileLater.request() asks Ory after the answer, where record and metadata differ", async () => {
  await using store = createMemoryStore();
  await storeRecord(store);
  const { reconcileLater, reads, answer, lines } = createRig(store);

  reconcileLater.request(IDENTITY_ID, LOST);
  // Longer than a comparison takes that does not wait.
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(reads, []);
  answer();
  await reconcileLater.drain();

  assert.deepEqual(reads, [IDENTITY_ID]);
  assert.match(lines.join(), /An identity and our record of it differed/);
});

Deno.test("ReconcileLater.request() does not ask Ory where nothing differs", async () => {
  await using store = createMemoryStore();
  const { reconcileLater, reads, answer } = createRig(store);

  reconcileLater.request(IDENTITY_ID, LOST);
  answer();
  await reconcileLater.drain();

  assert.deepEqual(reads, []);
});

Deno.test("ReconcileLater.request() compares an identity once a minute", async () => {
  await using store = createMemoryStore();
  await storeRecord(store);
  const { reconcileLater, reads, answer, advance } = createRig(store);
  const request = async () => {
    reconcileLater.request(IDENTITY_ID, LOST);
    answer();
    await reconcileLater.drain();
  };

  await request();
  advance(MINUTE - 1);
  await request();
  assert.equal(reads.length, 1);
  advance(1);
  await request();

  assert.equal(reads.length, 2);
});

Deno.test("ReconcileLater.request() compares 16 identities at once, and the others at their next sign-in", async () => {
  await using store = createMemoryStore();
  const ids = Array.from({ length: 17 }, () => crypto.randomUUID());
  for (const id of ids) await storeRecord(store, id);
  const { reconcileLater, reads, answer } = createRig(store);

  for (const id of ids) reconcileLater.request(id, LOST);
  answer();
  await reconcileLater.drain();
  assert.deepEqual(reads.toSorted(), ids.slice(0, 16).toSorted());
  for (const id of ids) reconcileLater.request(id, LOST);
  answer();
  await reconcileLater.drain();

  assert.deepEqual(reads.toSorted(), ids.toSorted());
});

Deno.test("ReconcileLater.request() logs that Ory cannot be read, and throws nothing", async () => {
  await using store = createMemoryStore();
  await storeRecord(store);
  const read = () => Promise.reject(new TypeError("connection refused"));
  const { reconcileLater, answer, lines } = createRig(store, { read });

  reconcileLater.request(IDENTITY_ID, LOST);
  answer();
  await reconcileLater.drain();

  assert.match(lines.join(), /Cannot compare an identity with its record.*TypeError/);
});
