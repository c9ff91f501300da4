// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { callbackKey, type CallbackRecord, listCallbacks } from "./callbacks.ts";

const RECORD: CallbackRecord = { v: 1, sentAt: "2026-05-04T09:12:31.004Z", receivedAt: 1_000 };

Deno.test("listCallbacks() gives the callbacks of one execution with their statuses", async () => {
  await using store = createMemoryStore();
  const later = { ...RECORD, receivedAt: 2_000 };
  await store.commit({
    sets: [
      { key: callbackKey("e-1", "SESSION_EXPIRED"), value: RECORD },
      { key: callbackKey("e-1", "PROCESSED"), value: later },
      { key: callbackKey("e-2", "PROCESSED"), value: RECORD },
    ],
  });

  assert.deepEqual(await listCallbacks(store, "e-1"), [
    { status: "PROCESSED", record: later },
    { status: "SESSION_EXPIRED", record: RECORD },
  ]);
});

Deno.test("listCallbacks() gives an empty list for an execution without callbacks", async () => {
  await using store = createMemoryStore();

  assert.deepEqual(await listCallbacks(store, "e-1"), []);
});
