// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { acceptCallback, type ReceivedCallback } from "./callback.ts";
import type { Store } from "../../kv/store.ts";
import type { Write } from "../../kv/write.ts";
import { type CallbackToken, callbackTokenKey } from "../callback_token.ts";
import { type Execution, executionKey } from "../executions.ts";

const EXECUTION_ID = "e";

const TOKEN: CallbackToken = {
  v: 1,
  identityId: "i",
  workflowExecutionId: null,
  expiresAt: 10_000,
};

const STORED_TOKEN: Write = { sets: [{ key: callbackTokenKey("own"), value: TOKEN }] };

/** A callback whose token's create call Jumio has not answered yet. */
const OVERTAKING: ReceivedCallback = {
  workflowExecutionId: EXECUTION_ID,
  accountId: "a",
  status: "PROCESSED",
  sentAt: null,
  token: { hash: "own", value: TOKEN },
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
    round: 1,
    settled: null,
  };
  return { sets: [{ key: executionKey(EXECUTION_ID), value }] };
}

for (
  const [which, write, expected] of [
    ["without a record", {}, "accepted"],
    ["with this token", recordExecution({ callbackTokenHash: "own" }), "accepted"],
    [
      "that is not ours",
      recordExecution({ callbackTokenHash: "other", identityId: null }),
      "accepted",
    ],
    ["with another token", recordExecution({ callbackTokenHash: "other" }), "other_execution"],
  ] as const
) {
  Deno.test(`acceptCallback() answers ${expected} for an execution ${which}, before Jumio has answered the token's create call`, async () => {
    await using store = createMemoryStore();
    await store.commit(STORED_TOKEN);
    await store.commit(write);

    assert.equal(await acceptCallback(store, OVERTAKING), expected);
  });
}

Deno.test("acceptCallback() refuses an execution that is recorded with another token at the same time", async () => {
  await using memory = createMemoryStore();
  await memory.commit(STORED_TOKEN);
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

Deno.test("acceptCallback() binds the token of a lost create call to the first execution that it opens", async () => {
  await using store = createMemoryStore();
  await store.commit(STORED_TOKEN);

  const first = await acceptCallback(store, OVERTAKING);
  const others = await Promise.all(
    ["x", "y"].map((id) => acceptCallback(store, { ...OVERTAKING, workflowExecutionId: id })),
  );
  const again = await acceptCallback(store, OVERTAKING);

  assert.deepEqual([first, others, again], [
    "accepted",
    ["other_execution", "other_execution"],
    "duplicate",
  ]);
});

Deno.test("acceptCallback() binds the token to one execution if it is used for several at once", async () => {
  await using store = createMemoryStore();
  await store.commit(STORED_TOKEN);

  const outcomes = await Promise.all(
    ["x", "y", "z"].map((workflowExecutionId) =>
      acceptCallback(store, { ...OVERTAKING, workflowExecutionId })
    ),
  );

  assert.deepEqual(outcomes.toSorted(), ["accepted", "other_execution", "other_execution"]);
});

Deno.test("acceptCallback() refuses a token that ended since it was read", async () => {
  await using store = createMemoryStore();

  assert.equal(await acceptCallback(store, OVERTAKING), "other_execution");
});
