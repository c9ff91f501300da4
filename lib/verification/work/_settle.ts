import {
  type Execution,
  EXECUTION_LIFETIME_MS,
  executionLinkKey,
  identityExecutionKey,
  saveSettled,
  type Settlement,
} from "../executions.ts";
import { type CheckData, PUBLISH, type PublishData } from "../job_kinds.ts";
import { requestPublish } from "../requests.ts";
import { applyConclusion, saveVerification, type Verification, verificationKey } from "../rows.ts";
import type { Conclusion } from "../verdict.ts";
import { type CountName, countOne } from "../../history/hourly_counts.ts";
import { recordEvent, type TimelineDetails } from "../../history/timeline.ts";
import { type Job, jobKey } from "../../jobs/job.ts";
import type { JobResult, SettledExecution } from "../../jobs/result.ts";
import type { JobSpan } from "../../jobs/run_job.ts";
import type { Jumio, WorkflowDetails } from "../../jumio/client.ts";
import type { Kratos } from "../../kratos/client.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Row, type Write } from "../../kv/write.ts";
import type { Log } from "../../log.ts";

export interface CheckOptions {
  readonly store: Store;
  readonly jumio: Pick<Jumio, "retrieveStatus" | "retrieveDetails">;
  readonly kratos: Pick<Kratos, "getJumioMetadata">;
  readonly now: () => number;
  readonly log: Log;
  /** What a WARNING becomes. */
  readonly warningStatus: "review" | "verified" | "rejected";
  /** The shortest delay between two polls. */
  readonly reconcileAfterMs: number;
}

export interface CheckRun {
  readonly job: Job<CheckData>;
  /** The row of the execution, as it was read. */
  readonly row: Row<Execution>;
  readonly span: JobSpan;
  readonly options: CheckOptions;
}

/** Whose execution it is. */
export interface Owner {
  readonly identityId: string;
  readonly accountId: string;
}

/** Whether Jumio names what we expect. Each reference that is present must be the identity's id. */
export function isConfirmed(
  details: WorkflowDetails,
  expected: Owner & { workflowExecutionId: string },
): boolean {
  const references = [details.customerInternalReference, details.userReference]
    .filter((reference) => reference !== undefined);
  return details.workflowExecutionId === expected.workflowExecutionId &&
    details.accountId === expected.accountId &&
    references.length > 0 &&
    references.every((reference) => reference === expected.identityId);
}

/** Settles an execution of ours. Only the identity's newest one changes its verification. */
export async function settle(
  conclusion: Conclusion,
  owner: Owner,
  run: CheckRun,
): Promise<JobResult<CheckData>> {
  const { job, options: { log } } = run;
  const [verification, publish] = await readVerification(owner.identityId, run);
  const isNewest = verification.value?.workflowExecutionId === job.id;
  const outcome = isNewest ? "applied" : "superseded";
  const fields = { workflowExecutionId: job.id, identityId: owner.identityId };
  if (isNewest && conclusion.kind === "inconclusive") {
    log.error("Jumio came to no conclusion; the person may start again", fields);
  }
  log.info("Settled an execution", { ...fields, outcome, conclusion: conclusion.kind });
  const settled = settleExecution(owner, { outcome, conclusion, run });
  const { value } = verification;
  if (!isNewest || value === null) {
    return { kind: "done", outcome, write: settled, settled: describeSettled(run, undefined) };
  }
  const change = applyToVerification(verification, { before: value, publish, conclusion, run });
  return {
    kind: "done",
    outcome,
    write: mergeWrites(settled, change.write),
    settled: describeSettled(run, change.verification),
  };
}

/** Reads a verification, and its publication to be requested with the settlement. */
export async function readVerification(
  identityId: string,
  { options: { store } }: CheckRun,
): Promise<[Row<Verification>, Row<Job<PublishData>>]> {
  return await store.getMany<[Verification, Job<PublishData>]>([
    verificationKey(identityId),
    jobKey(PUBLISH, identityId),
  ]);
}

/** What a settlement means for the metrics. */
export function describeSettled(
  { job }: CheckRun,
  verification: Verification | undefined,
): SettledExecution {
  return {
    isPolled: !job.data.isCalledBack,
    decided: verification &&
      { verdict: verification.verdict ?? "none", status: verification.status },
  };
}

/** Records how an execution ended. */
export function settleExecution(
  { identityId, accountId }: Owner,
  { outcome, conclusion, run: { job, row, options } }: {
    outcome: Exclude<Settlement["outcome"], "erased">;
    /** Null for an execution that is not ours. */
    conclusion: Conclusion | null;
    run: CheckRun;
  },
): Write {
  const at = options.now();
  const execution: Omit<Execution, "settled"> = {
    ...row.value,
    v: 1,
    identityId: outcome === "ignored" ? null : identityId,
    accountId,
    callbackTokenHash: row.value?.callbackTokenHash ?? null,
    createdAt: row.value?.createdAt ?? job.createdAt,
    round: row.value?.round ?? null,
  };
  const settled: Settlement = {
    at,
    outcome,
    conclusion: conclusion?.kind ?? null,
    verdict: conclusion?.kind === "decided" ? conclusion.verdict : null,
  };
  const listed = execution.identityId === null ? [] : [{
    key: identityExecutionKey(execution.identityId, execution.createdAt, job.id),
    value: null,
    expireInMs: EXECUTION_LIFETIME_MS,
  }];
  return mergeWrites(
    { checks: [row], sets: listed, deletes: [executionLinkKey(job.id)] },
    saveSettled(job.id, { ...execution, settled }),
    recordEvent(job.id, { at, event: "check", details: describeCheck(settled) }),
  );
}

function describeCheck({ outcome, conclusion, verdict }: Settlement): TimelineDetails {
  return { outcome, conclusion, ...(verdict === null ? {} : { verdict }) };
}

/**
 * Changes the verification as its newest execution concluded, and requests its publication. Does
 * neither if the decision of an adopted verification stays.
 */
export function applyToVerification(
  row: Row<Verification>,
  { before, publish, conclusion, run: { span, options } }: {
    /** The verification to change. For an adoption, not the one in the row. */
    before: Verification;
    publish: Row<Job<PublishData>>;
    conclusion: Conclusion;
    run: CheckRun;
  },
): { write: Write; verification: Verification } {
  const now = options.now();
  const verification = applyConclusion(before, { conclusion, now });
  const isKept = conclusion.kind !== "inconclusive" && verification === row.value;
  if (isKept) return { write: { checks: [row] }, verification };
  const { identityId } = verification;
  const write = mergeWrites(
    saveVerification(row, verification),
    countOne(countNameOf(conclusion), now),
    requestPublish(publish, { identityId, now, trace: span.trace }),
  );
  return { write, verification };
}

function countNameOf(conclusion: Conclusion): CountName {
  if (conclusion.kind === "expired") return "expired";
  if (conclusion.kind !== "decided" || conclusion.status === "pending") return "inconclusive";
  return conclusion.status;
}
