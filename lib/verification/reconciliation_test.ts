// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  createOpen,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeExecution,
  storeVerification,
} from "../../tests/support/verification_rows.ts";
import { deadLetterKey } from "../jobs/dead_letters.ts";
import { readJob } from "../jobs/job.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import type { Store } from "../kv/store.ts";
import { type Execution, executionKey } from "./executions.ts";
import { CHECK, PUBLISH } from "./job_kinds.ts";
import { buildReconciliation, readRows, type Reconciled } from "./reconciliation.ts";
import { tombstoneKey, type Verification, verificationKey } from "./rows.ts";

const SECOND_ID = "0c0f3f52-9a40-4b8c-8f0e-5f8f1d1f5a11";
const PENDING: JumioMetadata = {
  status: "pending",
  "account_id": ACCOUNT_ID,
  "workflow_execution_id": EXECUTION_ID,
};
const REJECTED: JumioMetadata = { ...PENDING, status: "rejected", verdict: "FAILED" };
const VERIFIED: JumioMetadata = { ...PENDING, status: "verified", verdict: "PASSED" };
const OURS = { status: "rejected", verdict: "FAILED", decidedAt: NOW } as const;
const VERIFIED_RECORD = { status: "verified", verdict: "PASSED", decidedAt: NOW } as const;
const SETTLED = { at: NOW, outcome: "applied", conclusion: "decided", verdict: "PASSED" } as const;

/** Reads, builds and commits. `isCommitted` is undefined where there was nothing to commit. */
async function reconcile(
  store: Store,
  { metadata, meanwhile = () => Promise.resolve() }: {
    metadata: JumioMetadata | null;
    meanwhile?: () => Promise<unknown>;
  },
): Promise<Reconciled & { readonly isCommitted: boolean | undefined }> {
  const rows = await readRows(store, { identityId: IDENTITY_ID, metadata });
  await meanwhile();
  const built = buildReconciliation(rows, { identityId: IDENTITY_ID, metadata, now: NOW });
  const isCommitted = built.write === undefined ? undefined : await store.commit(built.write);
  return { ...built.outcome, isCommitted };
}

async function readVerification(store: Store): Promise<Verification | null> {
  return (await store.get<Verification>(verificationKey(IDENTITY_ID))).value;
}

async function readJobs(store: Store, executionId = EXECUTION_ID): Promise<string[]> {
  const publish = await readJob(store, { kind: PUBLISH, id: IDENTITY_ID });
  const check = await readJob(store, { kind: CHECK, id: executionId });
  return [publish, check].flatMap(({ key, value }) => value === null ? [] : [String(key[1])]);
}

async function buryIdentity(store: Store): Promise<void> {
  await store.commit({ sets: [{ key: tombstoneKey(IDENTITY_ID), value: { v: 1 } }] });
}

for (
  const [name, reason, metadata, expected] of [
    ["writes a decision over an execution that Jumio does not know", "jumio_not_found", PENDING, [
      "published",
      ["publish"],
    ]],
    ["asks again where Jumio did not answer", "jumio_timeout", PENDING, ["adopting", ["check"]]],
    ["writes nothing over a decision that Jumio does not know any more", "jumio_not_found", {
      ...VERIFIED,
      "decided_at": new Date(NOW + 1_000).toISOString(),
    }, ["adopting", ["check"]]],
  ] as const
) {
  Deno.test(`buildReconciliation() ${name}`, async () => {
    await using store = createMemoryStore();
    const ours = metadata === PENDING ? VERIFIED_RECORD : OURS;
    await storeVerification(store, createStarted({ ...ours, workflowExecutionId: SECOND_ID }));
    await store.commit({ sets: [{ key: deadLetterKey(CHECK, EXECUTION_ID), value: { reason } }] });

    const { outcome } = await reconcile(store, { metadata });

    assert.deepEqual([outcome, await readJobs(store)], expected);
  });
}

Deno.test("buildReconciliation() writes nothing where record and metadata agree", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen());

  const { outcome, isCommitted } = await reconcile(store, { metadata: PENDING });

  assert.deepEqual([outcome, isCommitted], ["same", undefined]);
});

Deno.test("buildReconciliation() writes nothing for an identity that was never started", async () => {
  await using store = createMemoryStore();

  const { outcome, isCommitted } = await reconcile(store, { metadata: null });

  assert.deepEqual([outcome, isCommitted], ["not_started", undefined]);
});

Deno.test("buildReconciliation() writes nothing for an erased identity", async () => {
  await using store = createMemoryStore();
  await buryIdentity(store);

  const { outcome, isCommitted } = await reconcile(store, { metadata: REJECTED });

  assert.deepEqual([outcome, isCommitted], ["erased", undefined]);
});

Deno.test("buildReconciliation() heeds no tombstone after an operator's start", async () => {
  await using store = createMemoryStore();
  await buryIdentity(store);
  await storeVerification(store, createStarted(OURS));

  const { outcome } = await reconcile(store, { metadata: null });

  assert.equal(outcome, "published");
});

Deno.test("buildReconciliation() publishes a record whose metadata was lost", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(OURS));

  const { outcome, differences } = await reconcile(store, { metadata: null });

  assert.equal(outcome, "published");
  assert(differences.includes("status"));
  assert.deepEqual(await readJobs(store), [PUBLISH.name]);
});

Deno.test("buildReconciliation() publishes a record that counted as deleted, also if nothing differs", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ goneAt: NOW }));
  await storeExecution(store, createOpen());

  const { outcome } = await reconcile(store, { metadata: PENDING });

  assert.equal(outcome, "published");
  assert.equal((await readVerification(store))?.goneAt, null);
  assert.deepEqual(await readJobs(store), [PUBLISH.name]);
});

Deno.test("buildReconciliation() adopts a lost record with its execution, and asks Jumio", async () => {
  await using store = createMemoryStore();

  const { outcome } = await reconcile(store, { metadata: REJECTED });

  assert.equal(outcome, "adopting");
  assert.equal((await readVerification(store))?.status, "rejected");
  const { value } = await store.get<Execution>(executionKey(EXECUTION_ID));
  assert.deepEqual([value?.identityId, value?.settled], [IDENTITY_ID, null]);
  assert.deepEqual(await readJobs(store), [CHECK.name]);
});

Deno.test("buildReconciliation() asks Jumio nothing about an execution that is settled", async () => {
  await using store = createMemoryStore();
  const settled = { ...createOpen(), settled: SETTLED };
  await storeExecution(store, settled);

  const { outcome } = await reconcile(store, { metadata: REJECTED });

  assert.equal(outcome, "adopting");
  const { value } = await store.get<Execution>(executionKey(EXECUTION_ID));
  assert.deepEqual(value?.settled, SETTLED);
  assert.deepEqual(await readJobs(store), []);
});

Deno.test("buildReconciliation() keeps a stricter record until Jumio confirms the metadata", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(OURS));
  const before = await readVerification(store);

  const metadata = { ...VERIFIED, "workflow_execution_id": SECOND_ID };
  const { outcome } = await reconcile(store, { metadata });

  assert.equal(outcome, "adopting");
  assert.deepEqual(await readVerification(store), before);
  assert.equal((await store.get(executionKey(SECOND_ID))).value, null);
  assert.deepEqual(await readJobs(store, SECOND_ID), [CHECK.name]);
});

Deno.test("buildReconciliation() takes another person's execution for missing metadata", async () => {
  await using store = createMemoryStore();
  await storeExecution(store, { ...createOpen(), identityId: SECOND_ID });

  const { outcome, isCommitted } = await reconcile(store, { metadata: REJECTED });

  assert.deepEqual([outcome, isCommitted], ["not_started", undefined]);
});

for (
  const [what, meanwhile] of [
    ["was erased", buryIdentity],
    ["got a record", (store: Store) => storeVerification(store, createStarted())],
  ] as const
) {
  Deno.test(`buildReconciliation() adopts no identity that ${what} meanwhile`, async () => {
    await using store = createMemoryStore();

    const { isCommitted } = await reconcile(store, {
      metadata: REJECTED,
      meanwhile: () => meanwhile(store),
    });

    assert.equal(isCommitted, false);
  });
}
