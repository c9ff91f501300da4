import { type CountName, countOne } from "../../history/hourly_counts.ts";
import { UpstreamError } from "../../upstream/error.ts";
import { type Job, type JobData, jobKey, requestJob } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { Jumio, WorkflowDetails } from "../../jumio/client.ts";
import type { Kratos } from "../../kratos/client.ts";
import type { Log } from "../../log.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Row, type Write } from "../../kv/write.ts";
import { recordEvent } from "../../history/timeline.ts";
import { type Conclusion, decide, isFinalStatus } from "../verdict.ts";
import {
  applyConclusion,
  createVerification,
  type Execution,
  EXECUTION_LIFETIME_MS,
  executionKey,
  executionLinkKey,
  identityExecutionKey,
  saveSettled,
  saveVerification,
  type Verification,
  verificationKey,
} from "../rows.ts";

/** A callback can overtake the answer to its create call, by no more than that call's lease. */
const CREATE_ANSWER_WINDOW_MS = 35_000;
const CREATE_ANSWER_PAUSE_MS = 2_000;

/** An execution that nobody finishes is looked at once an hour at most. */
const LONGEST_POLL_MS = 3_600_000;

/** What {@linkcode handleCheck} needs. */
export interface CheckOptions {
  readonly store: Store;
  readonly jumio: Jumio;
  readonly kratos: Kratos;
  readonly now: () => number;
  readonly log: Log;
  readonly warningStatus: "review" | "verified" | "rejected";
  readonly reconcileAfterMs: number;
}

/** An execution of ours, with its record where we have one. */
interface Ours {
  readonly row: Row<Execution>;
  readonly identityId: string;
  readonly accountId: string;
}

/**
 * Reads an execution back from Jumio and settles it when it is final. Only what Jumio says here,
 * over our own credentials, ever decides; and only if it names the identity that we expect.
 */
export async function handleCheck(
  job: Job<"check">,
  options: CheckOptions,
): Promise<JobResult<"check">> {
  const { store, jumio, now } = options;
  const row = await store.get<Execution>(executionKey(job.id));
  const execution = row.value;
  if (execution !== null && execution.settled !== null) return { kind: "done", outcome: "ignored" };
  if (execution === null && now() - job.createdAt < CREATE_ANSWER_WINDOW_MS) {
    return { kind: "again", dueAt: now() + CREATE_ANSWER_PAUSE_MS, data: job.data };
  }

  const address = {
    accountId: execution?.accountId ?? job.data.accountId,
    workflowExecutionId: job.id,
  };
  if (!job.data.isCalledBack && !isFinalStatus(await jumio.retrieveStatus(address))) {
    return { kind: "again", ...nextPoll(job, options) };
  }
  const details = await jumio.retrieveDetails(address);
  if (details === undefined) {
    throw new UpstreamError("jumio", "status", { action: "read Jumio details", status: 404 });
  }
  const conclusion = decide(details, options);
  if (conclusion.kind === "unfinished") {
    return { kind: "not_yet", exhausted: nextPoll(job, options) };
  }

  if (execution !== null && execution.identityId !== null) {
    const ours = { row, identityId: execution.identityId, accountId: execution.accountId };
    if (!isConfirmed(details, { workflowExecutionId: job.id, ...ours })) {
      return { kind: "dead", reason: "read_back_mismatch" };
    }
    return await settle(conclusion, { ours, job, options });
  }
  return await settleUnknown(conclusion, { details, row, job, options });
}

/** Whether Jumio names what we expect. Each reference that is there must be the identity's id. */
export function isConfirmed(
  details: WorkflowDetails,
  expected: { workflowExecutionId: string; accountId: string; identityId: string },
): boolean {
  const references = [details.customerInternalReference, details.userReference]
    .filter((reference) => reference !== undefined);
  return details.workflowExecutionId === expected.workflowExecutionId &&
    details.accountId === expected.accountId &&
    references.length > 0 &&
    references.every((reference) => reference === expected.identityId);
}

/** Settles an execution of ours. Only the identity's newest one changes its state. */
async function settle(
  conclusion: Conclusion,
  { ours, job, options }: { ours: Ours; job: Job<"check">; options: CheckOptions },
): Promise<JobResult<"check">> {
  const { store, now, log } = options;
  const [row, writing] = await store.getMany<[Verification, Job<"publish">]>([
    verificationKey(ours.identityId),
    jobKey("publish", ours.identityId),
  ]);
  const isNewest = row.value?.workflowExecutionId === job.id;
  const outcome = isNewest ? "applied" : "superseded";
  const fields = { workflowExecutionId: job.id, identityId: ours.identityId };
  if (isNewest && conclusion.kind === "inconclusive") {
    log.error("Jumio came to no conclusion; the person may start again", fields);
  }
  log.info("Settled an execution", { ...fields, outcome, conclusion: conclusion.kind });
  const settled = settleExecution(ours, { outcome, conclusion: conclusion.kind, at: now(), job });
  if (!isNewest || row.value === null) return { kind: "done", outcome, write: settled };
  return {
    kind: "done",
    outcome,
    write: mergeWrites(settled, changeState(row, { writing, conclusion, now: now() })),
    wakes: ["publish"],
  };
}

/**
 * An execution that we have no record of: KV was lost, or it is not ours. It counts only if the
 * identity that Jumio names already carries it in its metadata, and we know nothing newer.
 */
async function settleUnknown(
  conclusion: Conclusion,
  { details, row, job, options }: {
    details: WorkflowDetails;
    row: Row<Execution>;
    job: Job<"check">;
    options: CheckOptions;
  },
): Promise<JobResult<"check">> {
  const { store, kratos, now, log } = options;
  const { accountId } = job.data;
  const identityId = details.customerInternalReference ?? "";
  const ours: Ours = { row, identityId, accountId };
  const expected = job.data.expectedIdentityId ?? identityId;
  const isCredible = isConfirmed(details, { workflowExecutionId: job.id, ...ours }) &&
    expected === identityId && /^[0-9a-f-]{36}$/i.test(identityId);
  const [verification, writing] = isCredible
    ? await store.getMany<[Verification, Job<"publish">]>([
      verificationKey(identityId),
      jobKey("publish", identityId),
    ])
    : [];
  const metadata = verification?.value === null
    ? await kratos.getJumioMetadata(identityId)
    : undefined;
  const isNamed = metadata?.["workflow_execution_id"] === job.id &&
    metadata["account_id"] === accountId;
  if (verification === undefined || writing === undefined || !isNamed) {
    log.warn("Ignored an execution that is not ours", { workflowExecutionId: job.id });
    const outcome = "ignored";
    const write = settleExecution(ours, { outcome, conclusion: null, at: now(), job });
    return { kind: "done", outcome, write };
  }
  log.warn("Took up an execution that only the identity knew", {
    workflowExecutionId: job.id,
    identityId,
  });
  const initiatedAt = Date.parse(metadata["initiated_at"] ?? "");
  const known: Verification = {
    ...createVerification(identityId, { now: now() }),
    accountId,
    workflowExecutionId: job.id,
    initiatedAt: Number.isNaN(initiatedAt) ? now() : initiatedAt,
  };
  const write = mergeWrites(
    settleExecution(ours, { outcome: "applied", conclusion: conclusion.kind, at: now(), job }),
    changeState({ ...verification, value: known }, { writing, conclusion, now: now() }),
  );
  return { kind: "done", outcome: "applied", write, wakes: ["publish"] };
}

function settleExecution(
  { row, identityId, accountId }: Ours,
  { outcome, conclusion, at, job }: {
    outcome: "applied" | "superseded" | "ignored";
    conclusion: Conclusion["kind"] | null;
    at: number;
    job: Job<"check">;
  },
): Write {
  const execution: Omit<Execution, "settled"> = {
    ...row.value,
    v: 1,
    identityId: outcome === "ignored" ? null : identityId,
    accountId,
    callbackTokenHash: row.value?.callbackTokenHash ?? null,
    createdAt: row.value?.createdAt ?? job.createdAt,
  };
  const listed = execution.identityId === null ? [] : [{
    key: identityExecutionKey(execution.identityId, execution.createdAt, job.id),
    value: null,
    expireInMs: EXECUTION_LIFETIME_MS,
  }];
  return mergeWrites(
    { checks: [row], sets: listed, deletes: [executionLinkKey(job.id)] },
    saveSettled(job.id, { ...execution, settled: { at, outcome, conclusion } }),
    recordEvent(job.id, { at, event: "check", details: { outcome, conclusion } }),
  );
}

function changeState(
  row: Row<Verification>,
  { writing, conclusion, now }: {
    writing: Row<Job<"publish">>;
    conclusion: Conclusion;
    now: number;
  },
): Write {
  if (row.value === null) return {};
  const id = row.value.identityId;
  return mergeWrites(
    saveVerification(row, applyConclusion(row.value, { conclusion, now })),
    countOne(countNameOf(conclusion), now),
    requestJob(writing, { kind: "publish", id, data: { isConfirmation: false }, dueAt: now, now }),
  );
}

function countNameOf(conclusion: Conclusion): CountName {
  if (conclusion.kind === "expired") return "expired";
  if (conclusion.kind !== "decided" || conclusion.status === "pending") return "inconclusive";
  return conclusion.status;
}

function nextPoll(
  job: Job<"check">,
  { now, reconcileAfterMs }: CheckOptions,
): { dueAt: number; data: JobData["check"] } {
  const waitedMs = Math.max(job.data.pollAfterMs, reconcileAfterMs);
  const pollAfterMs = Math.min(waitedMs * 2, Math.max(LONGEST_POLL_MS, reconcileAfterMs));
  return { dueAt: now() + pollAfterMs, data: { ...job.data, isCalledBack: false, pollAfterMs } };
}
