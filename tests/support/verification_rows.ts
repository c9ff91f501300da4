// SPDX-License-Identifier: Apache-2.0
import type { Job } from "../../lib/jobs/job.ts";
import type { JobKind } from "../../lib/jobs/kind.ts";
import type { JobSpan } from "../../lib/jobs/run_job.ts";
import type { Store } from "../../lib/kv/store.ts";
import {
  type Execution,
  executionKey,
  identityExecutionKey,
} from "../../lib/verification/executions.ts";
import {
  createVerification,
  noVerification,
  saveVerification,
  type Verification,
} from "../../lib/verification/rows.ts";

/** The ids and the time of the tests of handlers. */
export const IDENTITY_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
export const EXECUTION_ID = "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522";
export const ACCOUNT_ID = "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10";
export const NOW = Date.UTC(2026, 0, 1);

/** A verification whose execution was started, unless the test changes it. */
export function createStarted(change: Partial<Verification> = {}): Verification {
  return {
    ...createVerification(IDENTITY_ID, { now: NOW }),
    accountId: ACCOUNT_ID,
    workflowExecutionId: EXECUTION_ID,
    initiatedAt: NOW,
    ...change,
  };
}

/** An open execution, unless the test changes it. */
export function createOpen(change: Partial<Execution> = {}): Execution {
  return {
    v: 1,
    identityId: IDENTITY_ID,
    accountId: ACCOUNT_ID,
    callbackTokenHash: null,
    createdAt: NOW,
    round: 1,
    openedAt: null,
    settled: null,
    ...change,
  };
}

/** Stores a verification, as its only writer. */
export async function storeVerification(store: Store, verification: Verification): Promise<void> {
  await store.commit(saveVerification(noVerification(verification.identityId), verification));
}

/** Stores an execution, in the list of its identity as well. */
export async function storeExecution(
  store: Store,
  execution: Execution,
  id: string = EXECUTION_ID,
): Promise<void> {
  const listKey = identityExecutionKey(execution.identityId ?? "", execution.createdAt, id);
  await store.commit({
    sets: [{ key: executionKey(id), value: execution }, { key: listKey, value: null }],
  });
}

/** A job as a handler gets it. */
export function createJob<Data>(
  { name }: JobKind<Data>,
  { id, data, ...change }: Pick<Job<Data>, "id" | "data"> & Partial<Job<Data>>,
): Job<Data> {
  return {
    v: 1,
    kind: name,
    id,
    data,
    dueAt: NOW + 30_000,
    leaseId: "lease",
    isNudged: false,
    failures: 0,
    lastingFailures: 0,
    firstFailedAt: null,
    failing: null,
    lastRunAt: NOW,
    createdAt: NOW,
    ...change,
  };
}

/** A span that keeps what it is linked to. */
export function createTestSpan(trace?: string): JobSpan & { readonly links: string[] } {
  const links: string[] = [];
  return {
    trace,
    links,
    linkTo(linked) {
      if (linked !== undefined) links.push(linked);
    },
  };
}
