import assert from "node:assert/strict";
import {
  CALLED_BACK,
  commitCheck,
  PASSED,
  readStatus,
  runCheck,
} from "../../../tests/support/check.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  createStarted,
  EXECUTION_ID,
  NOW,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";

/** Old enough for an unknown execution: no create call can still be under way. */
const OLD = { createdAt: NOW - 300_000 };

const NAMED: JumioMetadata = {
  status: "pending",
  "account_id": ACCOUNT_ID,
  "workflow_execution_id": EXECUTION_ID,
};

Deno.test("adoptExecution() adopts an unknown execution that the identity's metadata names", async () => {
  await using store = createMemoryStore();

  const { result } = await runCheck(store, { metadata: NAMED, job: OLD });
  await commitCheck(store, result);

  assert.equal(await readStatus(store), "verified");
  assert.deepEqual(result.kind === "done" && result.settled?.decided, {
    verdict: "PASSED",
    status: "verified",
  });
});

for (
  const [what, world] of [
    ["the identity does not name", { metadata: { ...NAMED, "workflow_execution_id": null } }],
    ["belongs to another account", { metadata: { ...NAMED, "account_id": crypto.randomUUID() } }],
    ["belongs to another token", {
      metadata: NAMED,
      data: { ...CALLED_BACK, expectedIdentityId: crypto.randomUUID() },
    }],
    ["Jumio confirms for nobody", {
      metadata: NAMED,
      details: { ...PASSED, customerInternalReference: "someone" },
    }],
  ] as const
) {
  Deno.test(`adoptExecution() ignores an unknown execution that ${what}`, async () => {
    await using store = createMemoryStore();

    const { result } = await runCheck(store, { ...world, job: OLD });
    await commitCheck(store, result);

    assert.deepEqual(result.kind === "done" && [result.outcome, result.settled], [
      "ignored",
      undefined,
    ]);
    assert.equal(await readStatus(store), undefined);
  });
}

Deno.test("adoptExecution() ignores an unknown execution of an identity that has a record", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ workflowExecutionId: crypto.randomUUID() }));

  const { result, calls } = await runCheck(store, { metadata: NAMED, job: OLD });

  assert.equal(result.kind === "done" && result.outcome, "ignored");
  assert(!calls.includes("metadata"));
});
