// SPDX-License-Identifier: Apache-2.0
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
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { PUBLISH } from "../job_kinds.ts";
import { tombstoneKey } from "../rows.ts";
import { readJob } from "../../jobs/job.ts";
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

const OTHER_ID = "b3c8d0e5-4f72-4a1c-9d38-a1e2c7b5f633";
const CLAIMED: JumioMetadata = { ...NAMED, status: "verified", verdict: "PASSED" };
const decidedAt = (ms: number) => ({ "decided_at": new Date(NOW + ms).toISOString() });
const REJECTED = { status: "rejected", verdict: "FAILED", decidedAt: NOW } as const;

Deno.test("adoptExecution() ignores an unknown execution of a person who has a newer one", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ workflowExecutionId: OTHER_ID }));

  const { result } = await runCheck(store, {
    metadata: { ...NAMED, "workflow_execution_id": OTHER_ID },
    job: OLD,
  });

  assert.equal(result.kind === "done" && result.outcome, "ignored");
});

Deno.test("adoptExecution() lets an unknown execution that passed replace an older rejection", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ ...REJECTED, workflowExecutionId: OTHER_ID }));

  const { result } = await runCheck(store, { metadata: { ...CLAIMED, ...decidedAt(1) }, job: OLD });
  await commitCheck(store, result);

  assert.equal(await readStatus(store), "verified");
});

Deno.test("adoptExecution() lets a forgotten execution that passed earlier replace no rejection", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ ...REJECTED, workflowExecutionId: OTHER_ID }));

  const { result } = await runCheck(store, {
    metadata: { ...CLAIMED, ...decidedAt(-1) },
    job: OLD,
  });
  await commitCheck(store, result);

  assert.equal(await readStatus(store), "rejected");
  assert.notEqual((await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value, null);
});

Deno.test("adoptExecution() lets a passed execution not undo the end of a validity, after KV was lost", async () => {
  await using store = createMemoryStore();
  const metadata = { ...NAMED, status: "expired", detail: "validity_ended" };

  const { result } = await runCheck(store, { metadata, job: OLD });
  await commitCheck(store, result);

  assert.equal(await readStatus(store), "expired");
});

Deno.test("adoptExecution() believes Jumio's rejection, not the verified that the metadata claims", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ workflowExecutionId: OTHER_ID }));

  const { result } = await runCheck(store, {
    metadata: CLAIMED,
    details: { ...PASSED, decision: "REJECTED" },
    job: OLD,
  });
  await commitCheck(store, result);

  assert.equal(await readStatus(store), "rejected");
});

Deno.test("adoptExecution() keeps a rejection, and publishes it, where the unknown execution expired", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ ...REJECTED, workflowExecutionId: OTHER_ID }));

  const { result } = await runCheck(store, {
    metadata: NAMED,
    details: { ...PASSED, status: "SESSION_EXPIRED" },
    job: OLD,
  });
  await commitCheck(store, result);

  assert.equal(await readStatus(store), "rejected");
  assert.notEqual((await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value, null);
});

Deno.test("adoptExecution() skips an erased identity whose metadata was put back", async () => {
  await using store = createMemoryStore();
  await store.commit({ sets: [{ key: tombstoneKey(IDENTITY_ID), value: { v: 1 } }] });

  const { result } = await runCheck(store, { metadata: CLAIMED, job: OLD });
  await commitCheck(store, result);

  assert.equal(await readStatus(store), undefined);
});
