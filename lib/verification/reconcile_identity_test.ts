// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type Execution, executionKey } from "./executions.ts";
import { CHECK, PUBLISH } from "./job_kinds.ts";
import { reconcileIdentity, type ReconcileOutcome } from "./reconcile_identity.ts";
import { tombstoneKey, type Verification, verificationKey } from "./rows.ts";
import { readJob } from "../jobs/job.ts";
import { createTestContext, type TestContext } from "../../tests/support/context.ts";
import { writeJumio, writeMetadataPublic } from "../../tests/support/metadata.ts";
import { restoreStore } from "../../tests/support/store_copy.ts";

const UNKNOWN_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const EXECUTION_ID = "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522";

async function reconcile(service: TestContext, identityId: string): Promise<ReconcileOutcome> {
  const { outcome } = await reconcileIdentity(identityId, service.context);
  return outcome;
}

async function readRecord(service: TestContext, identityId: string): Promise<Verification | null> {
  return (await service.store.get<Verification>(verificationKey(identityId))).value;
}

Deno.test("reconcileIdentity() changes nothing where record and metadata agree", async () => {
  await using service = await createTestContext();
  const id = await service.register();
  await service.drain();
  const before = await readRecord(service, id);

  assert.equal(await reconcile(service, id), "same");

  assert.deepEqual(await readRecord(service, id), before);
});

Deno.test("reconcileIdentity() publishes the record where the metadata was lost", async () => {
  await using service = await createTestContext();
  const id = await service.register();
  const before = service.metadata(id);
  await writeMetadataPublic(service, { identityId: id, value: null });

  assert.equal(await reconcile(service, id), "published");
  await service.drain();

  assert.deepEqual(service.metadata(id), before);
});

Deno.test("reconcileIdentity() does not know an identity that Ory does not know", async () => {
  await using service = await createTestContext();

  assert.equal(await reconcile(service, UNKNOWN_ID), "unknown_identity");

  assert.equal(await readRecord(service, UNKNOWN_ID), null);
});

Deno.test("reconcileIdentity() skips an erased identity", async () => {
  await using service = await createTestContext();
  const id = await service.register();
  const metadata = service.metadata(id);
  const record = await service.store.get<Verification>(verificationKey(id));
  await service.store.commit({
    deletes: [record.key],
    sets: [{ key: tombstoneKey(id), value: { v: 1 } }],
  });
  await writeJumio(service, { identityId: id, jumio: { ...metadata, status: "rejected" } });

  assert.equal(await reconcile(service, id), "erased");

  assert.equal(await readRecord(service, id), null);
});

Deno.test("reconcileIdentity() adopts a rejected identity whose record was lost, and publishes nothing", async () => {
  await using service = await createTestContext();
  const id = await service.register();
  await service.drain();
  const rejected: Record<string, unknown> = {
    ...service.metadata(id),
    status: "rejected",
    verdict: "FAILED",
  };
  await writeJumio(service, { identityId: id, jumio: rejected });
  await restoreStore(service.store);
  assert.equal(await reconcile(service, id), "adopting");

  const record = await readRecord(service, id);
  const executionId = String(rejected["workflow_execution_id"]);
  const execution = await service.store.get<Execution>(executionKey(executionId));
  assert.equal(record?.status, "rejected");
  assert.equal(record.verdict, "FAILED");
  assert.equal(record.workflowExecutionId, executionId);
  assert.equal(execution.value?.identityId, id);
  const check = await readJob(service.store, { kind: CHECK, id: executionId });
  assert.notEqual(check.value, null);
  assert.equal((await readJob(service.store, { kind: PUBLISH, id })).value, null);
});

Deno.test("reconcileIdentity() does not believe a verified of an unknown execution before Jumio confirms it", async () => {
  await using service = await createTestContext();
  const id = await service.register();
  const before = await readRecord(service, id);
  const verified = { ...service.metadata(id), status: "verified", verdict: "PASSED" };
  const jumio = { ...verified, "workflow_execution_id": EXECUTION_ID };
  await writeJumio(service, { identityId: id, jumio });

  assert.equal(await reconcile(service, id), "adopting");

  assert.deepEqual(await readRecord(service, id), before);
  const check = await readJob(service.store, { kind: CHECK, id: EXECUTION_ID });
  assert.notEqual(check.value, null);
});
