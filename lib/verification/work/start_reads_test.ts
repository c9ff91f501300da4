// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore, createTestLog } from "../../../tests/support/memory_store.ts";
import { commitStart, createJumio, runStart } from "../../../tests/support/start.ts";
import {
  ACCOUNT_ID,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { PUBLISH } from "../job_kinds.ts";
import { reconcileWith } from "../reconcile_identity.ts";
import { createVerification, type Verification, verificationKey } from "../rows.ts";
import { readJob } from "../../jobs/job.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";

const REGISTERED = createVerification(IDENTITY_ID, { now: NOW });

Deno.test("handleStart() starts nothing for an identity that Ory does not know", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const jumio = createJumio();

  const result = await runStart(store, { jumio, found: undefined });
  await commitStart(store, result);

  assert.equal(result.kind === "done" && result.outcome, "identity_gone");
  assert.deepEqual(jumio.starts, []);
  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.goneAt, NOW);
});

const REJECTED: JumioMetadata = {
  status: "rejected",
  verdict: "FAILED",
  "account_id": ACCOUNT_ID,
  "workflow_execution_id": EXECUTION_ID,
  "decided_at": new Date(NOW).toISOString(),
};
for (const found of [REJECTED, { ...REJECTED, status: "pending", verdict: null }]) {
  Deno.test(`handleStart() adopts an identity that names a ${found.status} execution, and starts nothing`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, REGISTERED);
    const jumio = createJumio();

    const result = await runStart(store, { jumio, found });

    assert.equal(result.kind === "done" && result.outcome, "superseded");
    assert.deepEqual(jumio.starts, []);
    const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
    assert.deepEqual([value?.status, value?.workflowExecutionId], [found.status, EXECUTION_ID]);
    assert.equal((await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value, null);
  });
}

Deno.test("handleStart() starts nothing if a sign-in adopts the identity while Ory is asked", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const jumio = createJumio();
  const { log } = createTestLog();
  const options = { identityId: IDENTITY_ID, store, now: () => NOW, log };

  const result = await runStart(store, {
    jumio,
    found: REJECTED,
    meanwhile: () => reconcileWith(REJECTED, options),
  });

  assert.deepEqual(jumio.starts, []);
  assert.equal(result.kind, "wait");
});

Deno.test("handleStart() starts an erased identity for an operator, although its status was kept", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const jumio = createJumio();

  await runStart(store, { jumio, found: { status: "rejected" }, data: { endsErasure: true } });

  assert.equal(jumio.starts.length, 1);
});

Deno.test("handleStart() starts nothing after an erasure whose new start was decided before KV was put back", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const jumio = createJumio();

  await runStart(store, { jumio, found: REJECTED, data: { endsErasure: true } });

  assert.deepEqual(jumio.starts, []);
  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.status, "rejected");
});
