// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Job } from "../../lib/jobs/job.ts";
import type { JobResult } from "../../lib/jobs/result.ts";
import type { WorkflowDetails } from "../../lib/jumio/client.ts";
import type { JumioMetadata } from "../../lib/kratos/metadata.ts";
import type { Store } from "../../lib/kv/store.ts";
import { CHECK, type CheckData } from "../../lib/verification/job_kinds.ts";
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import { handleCheck } from "../../lib/verification/work/check.ts";
import { createTestLog } from "./memory_store.ts";
import {
  ACCOUNT_ID,
  createJob,
  createTestSpan,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
} from "./verification_rows.ts";

const MINUTE = 60_000;
/** The data of a poll, and of a check after a callback. */
export const POLL: CheckData = {
  accountId: ACCOUNT_ID,
  isCalledBack: false,
  pollAfterMs: 10 * MINUTE,
};
export const CALLED_BACK: CheckData = { ...POLL, isCalledBack: true };

/** What Jumio says of an execution that passed. */
export const PASSED: WorkflowDetails = {
  accountId: ACCOUNT_ID,
  workflowExecutionId: EXECUTION_ID,
  status: "PROCESSED",
  decision: "PASSED",
  customerInternalReference: IDENTITY_ID,
  userReference: undefined,
};

/** What Jumio and Ory say, and the job. */
interface CheckWorld {
  readonly status?: string;
  readonly details?: WorkflowDetails | undefined;
  readonly metadata?: JumioMetadata | null;
  readonly data?: CheckData;
  readonly job?: Partial<Job<CheckData>>;
  readonly validityMs?: number;
}

/** Runs the handler of a check. */
export async function runCheck(
  store: Store,
  { status = "PROCESSED", metadata = null, data = CALLED_BACK, job = {}, validityMs, ...world }:
    CheckWorld = {},
): Promise<{ result: JobResult<CheckData>; calls: string[]; links: string[]; lines: string[] }> {
  const calls: string[] = [];
  const span = createTestSpan("trace");
  const details = "details" in world ? world.details : PASSED;
  const { log, lines } = createTestLog();
  const result = await handleCheck(createJob(CHECK, { id: EXECUTION_ID, data, ...job }), span, {
    store,
    jumio: {
      retrieveStatus: () => (calls.push("status"), Promise.resolve(status)),
      retrieveDetails: () => (calls.push("details"), Promise.resolve(details)),
    },
    kratos: { getJumioMetadata: () => (calls.push("metadata"), Promise.resolve(metadata)) },
    now: () => NOW,
    log,
    warningStatus: "review",
    validityMs,
    reconcileAfterMs: 10 * MINUTE,
  });
  return { result, calls, links: span.links, lines };
}

/** Commits what a check wants to write, as the runner does. */
export async function commitCheck(store: Store, result: JobResult<CheckData>): Promise<void> {
  assert(result.kind === "done");
  assert(await store.commit(result.write ?? {}));
}

/** Our record of the identity. */
export async function readRecord(store: Store): Promise<Verification | null> {
  return (await store.get<Verification>(verificationKey(IDENTITY_ID))).value;
}

/** The status in our record. */
export async function readStatus(store: Store): Promise<string | undefined> {
  return (await readRecord(store))?.status;
}
