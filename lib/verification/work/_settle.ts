// SPDX-License-Identifier: Apache-2.0
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
import { applyConclusion } from "../round.ts";
import { saveVerification, type Verification, verificationKey } from "../rows.ts";
import type { Conclusion } from "../verdict.ts";
import { type CountName, countOne } from "../../history/hourly_counts.ts";
import { recordEvent } from "../../history/timeline.ts";
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
  /** How long `verified` is valid. Undefined for ever. */
  readonly validityMs: number | undefined;
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

/** Settles an execution of ours, and changes its identity's verification as far as it counts there. */
export async function settle(
  conclusion: Conclusion,
  owner: Owner,
  run: CheckRun,
): Promise<JobResult<CheckData>> {
  const { job, row: { value: execution }, options: { now, validityMs } } = run;
  const [row, publish] = await readVerification(owner.identityId, run);
  const ended = { id: job.id, round: execution?.round ?? null };
  const after = row.value && applyConclusion(row.value, {
    conclusion,
    execution: ended,
    now: now(),
    validityMs,
  });
  return concludeCheck(conclusion, { owner, row, after, publish, round: ended.round, run });
}

/** A verification before and after one of its executions ended. */
export interface Change {
  readonly owner: Owner;
  readonly row: Row<Verification>;
  /** The same object as in the row where nothing changes. Null where there is no verification. */
  readonly after: Verification | null;
  readonly publish: Row<Job<PublishData>>;
  /** The round in which the execution counts. */
  readonly round: number | null;
  readonly run: CheckRun;
}

/** Settles an execution, saves what it changed, and requests the publication of that. */
export function concludeCheck(conclusion: Conclusion, change: Change): JobResult<CheckData> {
  const { owner, row, after, run: { job, options: { log } } } = change;
  const isChanged = after !== null && after !== row.value;
  const outcome = isChanged ? "applied" : "superseded";
  const fields = { workflowExecutionId: job.id, identityId: owner.identityId };
  if (isChanged && conclusion.kind === "inconclusive") {
    log.error("Jumio came to no conclusion; the person may start again", fields);
  }
  const isOverturned = row.value?.status === "verified" && after?.status === "rejected";
  if (isOverturned) log.error("A person who was verified is rejected now", fields);
  log.info("Settled an execution", { ...fields, outcome, ...describeConclusion(conclusion) });
  const write = mergeWrites(
    settleExecution(owner, { ...change, outcome, conclusion }),
    countOne(countNameOf(conclusion), change.run.options.now()),
    isChanged ? saveAndPublish(after, change) : { checks: [row] },
  );
  const settled = {
    isPolled: !job.data.isCalledBack,
    decided: describeDecided(conclusion),
    isOverturned,
  };
  return { kind: "done", outcome, write, settled };
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

/** Records how an execution ended. */
export function settleExecution(
  { identityId, accountId }: Owner,
  { outcome, conclusion, round, run: { job, row, options } }: {
    outcome: Exclude<Settlement["outcome"], "erased">;
    /** Null for an execution that is not ours. */
    conclusion: Conclusion | null;
    round: number | null;
    run: CheckRun;
  },
): Write {
  const at = options.now();
  const { isUnconfirmed: _, ...known } = row.value ?? {};
  const execution: Omit<Execution, "settled"> = {
    ...known,
    v: 1,
    identityId: outcome === "ignored" ? null : identityId,
    accountId,
    callbackTokenHash: row.value?.callbackTokenHash ?? null,
    createdAt: row.value?.createdAt ?? job.createdAt,
    round,
  };
  const ended = describeConclusion(conclusion);
  const settled: Settlement = { at, outcome, ...ended };
  const listed = execution.identityId === null ? [] : [{
    key: identityExecutionKey(execution.identityId, execution.createdAt, job.id),
    value: null,
    expireInMs: EXECUTION_LIFETIME_MS,
  }];
  return mergeWrites(
    { checks: [row], sets: listed, deletes: [executionLinkKey(job.id)] },
    saveSettled(job.id, { ...execution, settled }),
    recordEvent(job.id, { at, event: "check", details: { outcome, ...ended } }),
  );
}

function describeConclusion(
  conclusion: Conclusion | null,
): Pick<Settlement, "conclusion" | "verdict"> {
  return {
    conclusion: conclusion?.kind ?? null,
    verdict: conclusion?.kind === "decided" ? conclusion.verdict : null,
  };
}

function saveAndPublish(
  verification: Verification,
  { row, publish, run: { span: { trace }, options } }: Change,
): Write {
  const { identityId } = verification;
  return mergeWrites(
    saveVerification(row, verification),
    requestPublish(publish, { identityId, now: options.now(), trace }),
  );
}

/** For the metrics. */
function describeDecided(conclusion: Conclusion): SettledExecution["decided"] {
  if (conclusion.kind === "decided") {
    return { verdict: conclusion.verdict, status: conclusion.status };
  }
  return { verdict: "none", status: conclusion.kind === "expired" ? "expired" : "pending" };
}

function countNameOf(conclusion: Conclusion): CountName {
  if (conclusion.kind === "expired") return "expired";
  if (conclusion.kind !== "decided") return "inconclusive";
  return conclusion.status;
}
