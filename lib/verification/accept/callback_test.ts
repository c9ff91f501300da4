import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { acceptCallback, type ReceivedCallback } from "./callback.ts";
import type { Store } from "../../kv/store.ts";
import type { Write } from "../../kv/write.ts";
import { type Execution, executionKey } from "../executions.ts";

const EXECUTION_ID = "e";

/** A callback whose token's create call Jumio has not answered yet. */
const OVERTAKING: ReceivedCallback = {
  workflowExecutionId: EXECUTION_ID,
  accountId: "a",
  status: "PROCESSED",
  sentAt: null,
  token: {
    hash: "own",
    value: { v: 1, identityId: "i", workflowExecutionId: null, expiresAt: 10 },
  },
  now: 5,
};

function recordExecution(
  { callbackTokenHash, identityId = "someone" }: {
    callbackTokenHash: string;
    identityId?: string | null;
  },
): Write {
  const value: Execution = {
    v: 1,
    identityId,
    accountId: "a",
    callbackTokenHash,
    createdAt: 1,
    settled: null,
  };
  return { sets: [{ key: executionKey(EXECUTION_ID), value }] };
}

for (
  const [whose, write, expected] of [
    ["that nobody knows", {}, "accepted"],
    ["of its own", recordExecution({ callbackTokenHash: "own" }), "accepted"],
    [
      "of nobody's",
      recordExecution({ callbackTokenHash: "other", identityId: null }),
      "accepted",
    ],
    ["of another's", recordExecution({ callbackTokenHash: "other" }), "other_execution"],
  ] as const
) {
  Deno.test(`acceptCallback() answers ${expected} to an unanswered token for an execution ${whose}`, async () => {
    await using store = createMemoryStore();
    await store.commit(write);

    assert.equal(await acceptCallback(store, OVERTAKING), expected);
  });
}

Deno.test("acceptCallback() refuses an execution that becomes another's in the midst of it", async () => {
  await using memory = createMemoryStore();
  let isRecorded = false;
  const store: Store = {
    ...memory,
    async commit(write) {
      if (!isRecorded) await memory.commit(recordExecution({ callbackTokenHash: "other" }));
      isRecorded = true;
      return await memory.commit(write);
    },
  };

  assert.equal(await acceptCallback(store, OVERTAKING), "other_execution");
});
