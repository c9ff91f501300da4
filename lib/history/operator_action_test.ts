// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { recordAction, signedFields } from "./operator_action.ts";
import { readTimeline } from "./timeline.ts";

const OPERATOR = { name: "Ada", secretId: "1a2b3c4d" };

Deno.test("recordAction() records what was done, by whom and with which secret", async () => {
  await using store = createMemoryStore();
  const details = { status: "verified", reason: "passport seen" };

  await store.commit(
    recordAction("i-1", { at: 5, action: "decide", operator: OPERATOR, details }),
  );

  const { events } = await readTimeline(store, { subjectIds: ["i-1"], limit: 10 });
  assert.deepEqual(events, [{
    v: 1,
    at: 5,
    event: "operator",
    details: { action: "decide", ...details, by: "Ada", "secret_id": "1a2b3c4d" },
  }]);
});

Deno.test("recordAction() does not let details replace the operator", async () => {
  await using store = createMemoryStore();
  const details = { by: "another person", "secret_id": "x" };

  await store.commit(
    recordAction("i-1", { at: 5, action: "decide", operator: OPERATOR, details }),
  );

  const { events } = await readTimeline(store, { subjectIds: ["i-1"], limit: 10 });
  assert.deepEqual(events[0]?.details, { action: "decide", by: "Ada", "secret_id": "1a2b3c4d" });
});

Deno.test("signedFields() names operator and secret in the words of the log", () => {
  assert.deepEqual(signedFields(OPERATOR), { by: "Ada", secretId: "1a2b3c4d" });
});
