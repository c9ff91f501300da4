import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
} from "../../tests/support/verification_rows.ts";
import { readJob } from "../jobs/job.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import type { Store } from "../kv/store.ts";
import { adopt } from "./adopt.ts";
import { type Execution, executionKey, listExecutions } from "./executions.ts";
import { START } from "./job_kinds.ts";
import { tombstoneKey, type Verification, verificationKey } from "./rows.ts";

const PENDING: JumioMetadata = {
  status: "pending",
  "account_id": ACCOUNT_ID,
  "workflow_execution_id": EXECUTION_ID,
  "initiated_at": "2025-12-31T00:00:00.000Z",
};
const REJECTED: JumioMetadata = {
  ...PENDING,
  status: "rejected",
  verdict: "FAILED",
  "decided_at": "2026-01-01T00:00:00.000Z",
};

async function run(store: Store, metadata: JumioMetadata | null | undefined): Promise<boolean> {
  const kratos = { getJumioMetadata: () => Promise.resolve(metadata) };
  return await adopt(IDENTITY_ID, { store, kratos, now: () => NOW });
}

async function readVerification(store: Store): Promise<Verification | null> {
  return (await store.get<Verification>(verificationKey(IDENTITY_ID))).value;
}

async function isStarted(store: Store): Promise<boolean> {
  return (await readJob(store, { kind: START, id: IDENTITY_ID })).value !== null;
}

Deno.test("adopt() adopts nothing if Ory does not know the identity", async () => {
  await using store = createMemoryStore();

  assert.equal(await run(store, undefined), false);

  assert.equal(await readVerification(store), null);
});

Deno.test("adopt() keeps a decision, and starts nothing", async () => {
  await using store = createMemoryStore();

  assert(await run(store, REJECTED));

  const verification = await readVerification(store);
  assert.deepEqual([verification?.status, verification?.verdict, verification?.decidedAt], [
    "rejected",
    "FAILED",
    NOW,
  ]);
  assert.equal(await isStarted(store), false);
});

Deno.test("adopt() records a pending execution, so that its result still counts", async () => {
  await using store = createMemoryStore();

  await run(store, PENDING);

  const { value } = await store.get<Execution>(executionKey(EXECUTION_ID));
  assert.deepEqual([value?.identityId, value?.accountId, value?.settled], [
    IDENTITY_ID,
    ACCOUNT_ID,
    null,
  ]);
  const listed = await listExecutions(store, IDENTITY_ID);
  assert.deepEqual(listed.map(({ id }) => id), [EXECUTION_ID]);
  assert.equal(await isStarted(store), false);
});

for (
  const [what, metadata] of [
    ["no metadata", null],
    ["an unknown status", { ...PENDING, status: "green" }],
    ["a pending status without an execution", { ...PENDING, "workflow_execution_id": null }],
  ] as const
) {
  Deno.test(`adopt() starts an identity with ${what}`, async () => {
    await using store = createMemoryStore();

    await run(store, metadata);

    assert.equal((await readVerification(store))?.status, "pending");
    assert(await isStarted(store));
  });
}

Deno.test("adopt() changes nothing if there is a record", async () => {
  await using store = createMemoryStore();
  await run(store, REJECTED);

  await run(store, { ...PENDING, status: "verified", verdict: "PASSED" });

  assert.equal((await readVerification(store))?.status, "rejected");
});

for (const metadata of [PENDING, REJECTED, null]) {
  Deno.test(`adopt() does not bring an erased identity back that is ${metadata?.status}`, async () => {
    await using store = createMemoryStore();
    await store.commit({ sets: [{ key: tombstoneKey(IDENTITY_ID), value: {} }] });

    await run(store, metadata);

    assert.equal(await readVerification(store), null);
  });
}
