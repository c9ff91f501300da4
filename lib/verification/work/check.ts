// SPDX-License-Identifier: Apache-2.0
import { type Execution, executionKey } from "../executions.ts";
import type { CheckData } from "../job_kinds.ts";
import { adoptIfNewer } from "../reconcile_identity.ts";
import { type Conclusion, decide, isFinalStatus } from "../verdict.ts";
import { adoptExecution } from "./_adopt_execution.ts";
import { type CheckOptions, type CheckRun, isConfirmed, settle } from "./_settle.ts";
import type { Job } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { JobSpan } from "../../jobs/run_job.ts";
import { UpstreamError } from "../../upstream/error.ts";

/** A callback can be faster than the answer to its create call, by that call's lease at most. */
const CREATE_ANSWER_WINDOW_MS = 35_000;
const CREATE_ANSWER_DELAY_MS = 2_000;

/** The longest delay between two polls. */
const MAX_POLL_DELAY_MS = 3_600_000;

/**
 * Reads an execution from Jumio and settles it if its status is final. Only what Jumio says here,
 * over our own credentials, decides anything, and only if it names the identity that we expect.
 */
export async function handleCheck(
  job: Job<CheckData>,
  span: JobSpan,
  options: CheckOptions,
): Promise<JobResult<CheckData>> {
  const { store, jumio, now } = options;
  const row = await store.get<Execution>(executionKey(job.id));
  const execution = row.value;
  span.linkTo(execution?.trace);
  if (execution !== null && execution.settled !== null) return { kind: "done", outcome: "ignored" };
  if (execution === null && now() - job.createdAt < CREATE_ANSWER_WINDOW_MS) {
    return { kind: "again", dueAt: now() + CREATE_ANSWER_DELAY_MS, data: job.data };
  }

  const address = {
    accountId: execution?.accountId ?? job.data.accountId,
    workflowExecutionId: job.id,
  };
  if (!job.data.isCalledBack) {
    const status = await jumio.retrieveStatus(address);
    if (status === undefined) throw notFound("read a Jumio status");
    if (!isFinalStatus(status)) return { kind: "again", ...nextPoll(job, options) };
  }
  const details = await jumio.retrieveDetails(address);
  if (details === undefined) throw notFound("read Jumio details");
  const conclusion = decide(details, options);
  if (conclusion.kind === "unfinished") {
    // What a callback says may be wrong. After a final status, another poll would find the same.
    const exhausted = job.data.isCalledBack
      ? nextPoll(job, options)
      : { reason: "details_unfinished" };
    return { kind: "not_yet", exhausted };
  }

  const run: CheckRun = { job, row, span, options };
  if (execution === null || execution.identityId === null) {
    return await adoptExecution(conclusion, details, run);
  }
  const { identityId, accountId } = execution;
  if (!isConfirmed(details, { workflowExecutionId: job.id, identityId, accountId })) {
    return { kind: "dead", reason: "read_back_mismatch" };
  }
  if (mayBeOlder(conclusion, job) && await isAdopted(identityId, options)) {
    return { kind: "again", ...nextPoll(job, options) };
  }
  return await settle(conclusion, { identityId, accountId }, run);
}

/** Details can be missing for some minutes after PROCESSED, so the schedule decides. */
function notFound(action: string): UpstreamError {
  return new UpstreamError("jumio", "not_found", { action, status: 404 });
}

/**
 * Whether KV may have been put back to an older copy: then no callback comes, and the poll of an execution
 * that was settled long ago would publish its decision over a rejection that only the identity knows.
 */
function mayBeOlder(conclusion: Conclusion, { data }: Job<CheckData>): boolean {
  const isMild = conclusion.kind === "decided" && conclusion.verdict !== "FAILED";
  return isMild && !data.isCalledBack;
}

/** Whether the identity says more than our record, which is then adopted first. */
async function isAdopted(
  identityId: string,
  { kratos, ...options }: CheckOptions,
): Promise<boolean> {
  const metadata = await kratos.getJumioMetadata(identityId);
  return metadata !== undefined && await adoptIfNewer(metadata, { identityId, ...options });
}

function nextPoll(
  { data }: Job<CheckData>,
  { now, reconcileAfterMs }: CheckOptions,
): { dueAt: number; data: CheckData } {
  const waitedMs = Math.max(data.pollAfterMs, reconcileAfterMs);
  const pollAfterMs = Math.min(waitedMs * 2, Math.max(MAX_POLL_DELAY_MS, reconcileAfterMs));
  return { dueAt: now() + pollAfterMs, data: { ...data, isCalledBack: false, pollAfterMs } };
}
