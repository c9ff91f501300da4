// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest } from "../../tests/support/jobs.ts";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
import {
  createOpen,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeExecution,
  storeVerification,
} from "../../tests/support/verification_rows.ts";
import { readJob } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";
import { acceptErasure } from "./accept/erasure.ts";
import { MAX_RESTARTS_A_DAY } from "./restarts.ts";
import { type ContinueOutcome, continueVerification } from "./continue.ts";
import { type Execution, executionKey, executionLinkKey } from "./executions.ts";
import { CHECK, START } from "./job_kinds.ts";
import { restartsKey, type Verification, verificationKey } from "./rows.ts";

const MINUTE = 60_000;
const HREF = "https://acme.web.emea-1.jumio.ai/web/v4/app?authorizationToken=x";

interface World {
  /** What a run of the start does. */
  readonly attempt?: () => Promise<unknown>;
}

async function run(
  store: Store,
  { attempt = () => Promise.resolve() }: World = {},
): Promise<{ outcome: ContinueOutcome; delays: number[] }> {
  const delays: number[] = [];
  const outcome = await continueVerification(IDENTITY_ID, {
    store,
    jobs: { attempt: async () => void await attempt() },
    // There is a record, so the identity is not read.
    kratos: { getJumioMetadata: () => Promise.reject(new Error("Not asked")) },
    log: createTestLog().log,
    now: () => NOW,
    delay: (ms) => Promise.resolve(void delays.push(ms)),
    reconcileAfterMs: 10 * MINUTE,
    maxExecutions: 20,
    locale: "en",
  });
  return { outcome, delays };
}

async function storeLink(store: Store, { id = EXECUTION_ID, forMs = 30 * MINUTE } = {}) {
  const value = { v: 1, href: HREF, expiresAt: NOW + forMs };
  await store.commit({ sets: [{ key: executionLinkKey(id), value }] });
}

Deno.test("continueVerification() leads to Jumio while its link works, and brings the poll forward", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen());
  await storeLink(store);
  const data = { accountId: "a", isCalledBack: false, pollAfterMs: 0 };
  const poll = { kind: CHECK, id: EXECUTION_ID, data, dueAt: NOW + 40 * MINUTE, now: NOW };
  await commitRequest(store, poll);

  const { outcome } = await run(store);

  assert.deepEqual(outcome, { kind: "go", href: HREF, workflowExecutionId: EXECUTION_ID });
  const { value: execution } = await store.get<Execution>(executionKey(EXECUTION_ID));
  const { value: job } = await readJob(store, { kind: CHECK, id: EXECUTION_ID });
  assert.deepEqual([execution?.openedAt, job?.dueAt], [NOW, NOW + 10 * MINUTE]);
});

Deno.test("continueVerification() starts another execution when the link has expired", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen());
  await storeLink(store, { forMs: MINUTE });
  const next = crypto.randomUUID();

  const { outcome } = await run(store, {
    async attempt() {
      const row = await store.get<Verification>(verificationKey(IDENTITY_ID));
      const started = { ...createStarted(), workflowExecutionId: next };
      const start = await readJob(store, { kind: START, id: IDENTITY_ID });
      assert.equal(start.value?.data.replaces, EXECUTION_ID);
      await storeExecution(store, createOpen(), next);
      await storeLink(store, { id: next });
      await store.commit({
        sets: [{ key: row.key, value: started }],
        deletes: [start.key],
      });
    },
  });

  assert.deepEqual(outcome, { kind: "go", href: HREF, workflowExecutionId: next });
});

Deno.test("a person who is erased while they press is not told that Jumio gave no address", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen());

  const { outcome } = await run(store, {
    attempt: () =>
      acceptErasure(store, {
        identityId: IDENTITY_ID,
        operator: { name: "grace", secretId: "1" },
        now: NOW,
      }),
  });

  assert.deepEqual(outcome, { kind: "show", state: "gone" });
});

Deno.test("continueVerification() asks to try again while the start fails", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ workflowExecutionId: null }));

  const { outcome, delays } = await run(store, {
    async attempt() {
      const start = await readJob(store, { kind: START, id: IDENTITY_ID });
      await store.commit({ sets: [{ key: start.key, value: { ...start.value, failures: 1 } }] });
    },
  });

  assert.deepEqual([outcome, delays], [{ kind: "later" }, []]);
});

Deno.test("continueVerification() waits three seconds for a start at another instance", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ workflowExecutionId: null }));

  const { outcome, delays } = await run(store);

  assert.deepEqual(outcome, { kind: "show", state: "preparing" });
  assert.deepEqual(delays, Array(12).fill(250));
});

Deno.test("continueVerification() shows that a kept execution is being checked", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen());

  const { outcome } = await run(store, {
    attempt: () => store.commit({ deletes: [["job", START.name, IDENTITY_ID]] }),
  });

  assert.deepEqual(outcome, { kind: "show", state: "checking" });
});

Deno.test("continueVerification() reports an execution without a link for a browser", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ workflowExecutionId: null }));

  const { outcome } = await run(store, {
    async attempt() {
      await storeExecution(store, createOpen());
      await store.commit({
        sets: [{ key: verificationKey(IDENTITY_ID), value: createStarted() }],
        deletes: [["job", START.name, IDENTITY_ID]],
      });
    },
  });

  assert.deepEqual(outcome, { kind: "no_way" });
});

Deno.test("continueVerification() starts no more than a few executions a day", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  const acceptedAt = Array(MAX_RESTARTS_A_DAY).fill(NOW);
  await store.commit({ sets: [{ key: restartsKey(IDENTITY_ID), value: { v: 1, acceptedAt } }] });

  assert.deepEqual((await run(store)).outcome, { kind: "too_many" });
});

Deno.test("continueVerification() shows a decision, and starts nothing", async () => {
  await using store = createMemoryStore();
  const decision = { status: "rejected", verdict: "FAILED", decidedAt: NOW } as const;
  await storeVerification(store, createStarted(decision));

  assert.deepEqual((await run(store)).outcome, { kind: "show", state: "rejected" });

  assert.equal((await readJob(store, { kind: START, id: IDENTITY_ID })).value, null);
});
