// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
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
import { readJob } from "../jobs/job.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import type { Store } from "../kv/store.ts";
import { type ContinueOutcome, continueVerification } from "./continue.ts";
import { type Execution, executionKey, listExecutions } from "./executions.ts";
import { CHECK, START } from "./job_kinds.ts";
import { tombstoneKey, type Verification, verificationKey } from "./rows.ts";

const OTHER_ID = "0c0f3f52-9a40-4b8c-8f0e-5f8f1d1f5a11";
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

interface World {
  /** What the identity says. Undefined where Ory does not know it. */
  readonly metadata: JumioMetadata | null | undefined;
  /** What a run of a job does. */
  readonly attempt?: (kind: string) => Promise<unknown>;
}

async function run(
  store: Store,
  { metadata, attempt = () => Promise.resolve() }: World,
): Promise<{ outcome: ContinueOutcome; attempts: string[]; reads: number }> {
  const attempts: string[] = [];
  let reads = 0;
  const outcome = await continueVerification(IDENTITY_ID, {
    store,
    jobs: {
      async attempt(kind, id) {
        attempts.push(`${kind.name} ${id}`);
        await attempt(kind.name);
      },
    },
    kratos: { getJumioMetadata: () => (reads++, Promise.resolve(metadata)) },
    log: createTestLog().log,
    now: () => NOW,
    delay: () => Promise.resolve(),
    reconcileAfterMs: 600_000,
    maxExecutions: 20,
    locale: "en",
  });
  return { outcome, attempts, reads };
}

async function readVerification(store: Store): Promise<Verification | null> {
  return (await store.get<Verification>(verificationKey(IDENTITY_ID))).value;
}

async function isStarted(store: Store): Promise<boolean> {
  return (await readJob(store, { kind: START, id: IDENTITY_ID })).value !== null;
}

for (
  const [what, metadata] of [
    ["without metadata", null],
    ["with an unknown status", { ...PENDING, status: "green" }],
    ["with a pending status and no execution", { ...PENDING, "workflow_execution_id": null }],
  ] as const
) {
  Deno.test(`continueVerification() starts an identity ${what}`, async () => {
    await using store = createMemoryStore();

    const { attempts } = await run(store, { metadata });

    assert.equal((await readVerification(store))?.status, "pending");
    const { value: start } = await readJob(store, { kind: START, id: IDENTITY_ID });
    assert.deepEqual(start?.data, { locale: "en" });
    assert.deepEqual(attempts, [`${START.name} ${IDENTITY_ID}`]);
  });
}

Deno.test("continueVerification() starts an identity whose metadata is another person's", async () => {
  await using store = createMemoryStore();
  await storeExecution(store, { ...createOpen(), identityId: OTHER_ID });

  await run(store, { metadata: REJECTED });

  const verification = await readVerification(store);
  assert.deepEqual([verification?.status, verification?.workflowExecutionId], ["pending", null]);
  assert(await isStarted(store));
});

Deno.test("continueVerification() keeps a decision, starts nothing, and asks Jumio about it", async () => {
  await using store = createMemoryStore();

  const { outcome, attempts } = await run(store, { metadata: REJECTED });

  assert.deepEqual(outcome, { kind: "show", state: "rejected" });
  const verification = await readVerification(store);
  assert.deepEqual([verification?.verdict, verification?.decidedAt], ["FAILED", NOW]);
  assert.equal(await isStarted(store), false);
  assert.notEqual((await readJob(store, { kind: CHECK, id: EXECUTION_ID })).value, null);
  assert.deepEqual(attempts, [`${CHECK.name} ${EXECUTION_ID}`]);
});

Deno.test("continueVerification() keeps a decision that names no execution", async () => {
  await using store = createMemoryStore();

  const { outcome, attempts } = await run(store, {
    metadata: { status: "verified", verdict: "PASSED" },
  });

  assert.deepEqual([outcome, attempts], [{ kind: "show", state: "verified" }, []]);
});

Deno.test("continueVerification() records a pending execution, which a start may not forget", async () => {
  await using store = createMemoryStore();

  const { attempts } = await run(store, { metadata: PENDING });

  const { value } = await store.get<Execution>(executionKey(EXECUTION_ID));
  assert.deepEqual([value?.identityId, value?.accountId, value?.settled], [
    IDENTITY_ID,
    ACCOUNT_ID,
    null,
  ]);
  const listed = await listExecutions(store, IDENTITY_ID);
  assert.deepEqual(listed.map(({ id }) => id), [EXECUTION_ID]);
  const { value: start } = await readJob(store, { kind: START, id: IDENTITY_ID });
  assert.equal(start?.data.replaces, EXECUTION_ID);
  assert.deepEqual(attempts, [`${CHECK.name} ${EXECUTION_ID}`, `${START.name} ${IDENTITY_ID}`]);
});

Deno.test("continueVerification() shows what Jumio says about a pending execution, and starts nothing", async () => {
  await using store = createMemoryStore();
  const decision = { status: "verified", verdict: "PASSED", decidedAt: NOW } as const;

  const { outcome } = await run(store, {
    metadata: PENDING,
    async attempt() {
      const row = await store.get<Verification>(verificationKey(IDENTITY_ID));
      await store.commit({ sets: [{ key: row.key, value: { ...row.value, ...decision } }] });
    },
  });

  assert.deepEqual(outcome, { kind: "show", state: "verified" });
  assert.equal(await isStarted(store), false);
});

Deno.test("continueVerification() says that an identity is gone which Ory does not know", async () => {
  await using store = createMemoryStore();

  const { outcome } = await run(store, { metadata: undefined });

  assert.deepEqual(outcome, { kind: "show", state: "gone" });
  assert.equal(await readVerification(store), null);
});

for (const metadata of [PENDING, REJECTED, null]) {
  Deno.test(`continueVerification() does not bring an erased identity back that is ${metadata?.status}`, async () => {
    await using store = createMemoryStore();
    await store.commit({ sets: [{ key: tombstoneKey(IDENTITY_ID), value: {} }] });

    const { outcome, attempts, reads } = await run(store, { metadata });

    assert.deepEqual([outcome, attempts, reads], [{ kind: "show", state: "gone" }, [], 0]);
    assert.equal(await readVerification(store), null);
    assert.equal(await isStarted(store), false);
  });
}

Deno.test("continueVerification() does not ask Ory about somebody who has a record", async () => {
  await using store = createMemoryStore();
  const decision = { status: "rejected", verdict: "FAILED", decidedAt: NOW } as const;
  await storeVerification(store, createStarted(decision));

  const { outcome, reads } = await run(store, {
    metadata: { ...PENDING, status: "verified", verdict: "PASSED" },
  });

  assert.deepEqual([outcome, reads], [{ kind: "show", state: "rejected" }, 0]);
});
