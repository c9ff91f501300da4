// SPDX-License-Identifier: Apache-2.0
import { createExecution } from "./_create_call.ts";
import { type Hold, readPermit } from "./_may_create.ts";
import { isUsedUp } from "../execution_limit.ts";
import { type Execution, EXECUTION_LIFETIME_MS, executionKey } from "../executions.ts";
import { CHECK, PUBLISH, type StartData } from "../job_kinds.ts";
import { requestCheck, requestPublish } from "../requests.ts";
import { adoptIfNewer } from "../reconcile_identity.ts";
import { readResultReading } from "../result_reading.ts";
import { saveVerification, type Verification, verificationKey } from "../rows.ts";
import { buildStarted, canStart, type StartOptions, type StartRun } from "./_started.ts";
import { type Job, readJob } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { JobSpan } from "../../jobs/run_job.ts";
import type { Started } from "../../jumio/client.ts";
import { mergeWrites, type Row, type Write } from "../../kv/write.ts";
import { toTimestamp } from "../../timestamp.ts";
import { UpstreamError } from "../../upstream/error.ts";

/** The person has submitted nothing yet that a new execution could make us lose. */
const REPLACEABLE_STATUSES = [
  "INITIATED",
  "ACQUISITION_STARTED",
  "SESSION_EXPIRED",
  "TOKEN_EXPIRED",
];

/**
 * Starts the identity's execution at Jumio.
 *
 * Jumio knows no idempotency key. If a create call's answer is lost, a spare account stays at Jumio:
 * its token opens nothing, and only the execution whose answer we received is ever recorded.
 */
export async function handleStart(
  job: Job<StartData>,
  span: JobSpan,
  options: StartOptions,
): Promise<JobResult<StartData>> {
  const { store, log } = options;
  const run: StartRun = { job, span, options };
  const { replaces, made } = job.data;
  if (made !== undefined && await isUnrecorded(made, options)) {
    const { tokenHash, ...ids } = made;
    return record({ ...ids, href: undefined }, { tokenHash, run });
  }
  const row = await store.get<Verification>(verificationKey(job.id));
  const verification = row.value;
  if (verification === null || !canStart(verification, job)) {
    return { kind: "done", outcome: "ignored" };
  }
  if (isUsedUp(verification, options)) return endUnmade(job, options);
  const permit = await readPermit(run);
  if (permit.kind === "hold") return await waitFor(permit, run);
  const end = await readFirst({ row, verification }, run);
  if (end !== undefined) return end;
  const { accountId } = verification;
  if (
    replaces !== undefined && accountId !== null &&
    !await isReplaceable(replaces, accountId, run)
  ) {
    return await keepExecution(replaces, { accountId, row, run });
  }
  try {
    const created = await createExecution({ accountId, record: row, permit, run });
    // Another instance took the breaker's probe, starts were paused, or the record has changed.
    if (created === undefined) {
      const until = options.now() + 1_000;
      return await waitFor({ kind: "hold", reason: "breaker_open", until }, run);
    }
    const { started, tokenHash } = created;
    const { workflowExecutionId } = started;
    log.info("Started an execution", { identityId: job.id, workflowExecutionId });
    return record(started, { tokenHash, run });
  } catch (error) {
    // Each further try would cost money, and end in the same way.
    if (error instanceof UpstreamError && error.reason === "other_account") {
      return { kind: "dead", reason: "jumio_other_account" };
    }
    // Publishes `pending` even while Jumio is down. Once is enough.
    if (error instanceof UpstreamError && isFirstTry(job)) {
      await store.commit(await requestPublication(run));
    }
    throw error;
  }
}

/** Its end can have come before its record: then it counted as not ours, and cannot be recorded. */
async function isUnrecorded(
  { workflowExecutionId }: { workflowExecutionId: string },
  { store }: StartOptions,
): Promise<boolean> {
  return (await store.get<Execution>(executionKey(workflowExecutionId))).value === null;
}

function isFirstTry({ data, failures }: Job<StartData>): boolean {
  return data.replaces === undefined && data.isPublished !== true && failures === 0;
}

/** Records what Jumio created. If that cannot be written, the job remembers the ids. */
function record(
  started: Started,
  { tokenHash, run }: { tokenHash: string | null; run: StartRun },
): JobResult<StartData> {
  const { accountId, workflowExecutionId } = started;
  return {
    kind: "done",
    outcome: "applied",
    // Built again on a conflict: running again would create a second account at Jumio.
    buildWrite: () => buildStarted(started, { tokenHash, run }),
    made: { ...run.job.data, made: { accountId, workflowExecutionId, tokenHash } },
  };
}

/** The last wall, whoever asked for the start. The person's page sends them to support. */
function endUnmade(
  { id: identityId }: Job<StartData>,
  { log }: StartOptions,
): JobResult<StartData> {
  log.warn("Started nothing: the person has had as many executions as they may have", {
    identityId,
  });
  return { kind: "done", outcome: "limit_reached" };
}

/** Nothing is tried before the hold ends. The first time, `pending` is published all the same. */
async function waitFor(
  { reason, until: dueAt }: Hold,
  run: StartRun,
): Promise<JobResult<StartData>> {
  const { job, options: { log } } = run;
  if (reason === "create_limit") {
    log.error("A person has used up the create calls of a day", {
      identityId: job.id,
      nextAt: toTimestamp(dueAt),
    });
  }
  const isPublished = job.data.replaces === undefined;
  return {
    kind: "wait",
    reason,
    dueAt,
    // A limit that one person reaches again and again needs an operator in the end.
    extendsSchedule: reason !== "create_limit",
    data: isPublished ? { ...job.data, isPublished } : job.data,
    write: isFirstTry(job) ? await requestPublication(run) : {},
  };
}

/**
 * Reads the identity before anything is created that costs money. Undefined if it is to be started.
 *
 * Ory may not know it any more: a hook came late. Or it has a decision or an execution that our
 * record does not know: KV was lost, or put back to an older copy.
 */
async function readFirst(
  { row, verification }: { row: Row<Verification>; verification: Verification },
  { job, options }: StartRun,
): Promise<JobResult<StartData> | undefined> {
  const { kratos, now, log } = options;
  const metadata = await kratos.getJumioMetadata(job.id);
  if (metadata === undefined) {
    log.warn("Started nothing for an identity that Ory does not know", { identityId: job.id });
    const gone = { ...verification, goneAt: now() };
    const write = saveVerification(row, gone, { expireInMs: EXECUTION_LIFETIME_MS });
    return { kind: "done", outcome: "identity_gone", write };
  }
  // What an erasure leaves names no execution. Where one is named, this start was made before.
  const isErased = (metadata?.["workflow_execution_id"] ?? null) === null;
  if (job.data.endsErasure === true && isErased) return undefined;
  const isAdopted = await adoptIfNewer(metadata, { identityId: job.id, ...options });
  return isAdopted ? { kind: "done", outcome: "superseded" } : undefined;
}

/**
 * Whether Jumio says that nothing is lost if a new execution replaces this one. An expired link does
 * not say so: a result may be on its way.
 */
async function isReplaceable(
  workflowExecutionId: string,
  accountId: string,
  { job: { data: { isForced } }, span, options: { store, jumio, now } }: StartRun,
): Promise<boolean> {
  const { value: execution } = await store.get<Execution>(executionKey(workflowExecutionId));
  span.linkTo(execution?.trace);
  if (execution === null || execution.settled !== null) return true;
  const { reading } = await readResultReading(store, { workflowExecutionId, now: now() });
  if (reading === "given_up" || (reading === "late" && isForced === true)) return true;
  const status = await jumio.retrieveStatus({ accountId, workflowExecutionId });
  // Nothing can be lost of an execution that Jumio has deleted.
  return status === undefined || REPLACEABLE_STATUSES.includes(status);
}

/**
 * The person has submitted something with this execution, so its result is checked instead. It counts in
 * the present round, which an operator's restart may have begun since.
 */
async function keepExecution(
  workflowExecutionId: string,
  { accountId, row, run: { span, options } }: {
    accountId: string;
    row: Row<Verification>;
    run: StartRun;
  },
): Promise<JobResult<StartData>> {
  const { store, now, log, reconcileAfterMs } = options;
  log.info("Kept an execution that the person has gone through", { workflowExecutionId });
  const at = now();
  const [execution, check] = await Promise.all([
    store.get<Execution>(executionKey(workflowExecutionId)),
    readJob(store, { kind: CHECK, id: workflowExecutionId }),
  ]);
  const round = row.value?.round ?? null;
  const moved = execution.value === null || execution.value.settled !== null
    ? {}
    : { sets: [{ key: execution.key, value: { ...execution.value, round } }] };
  const poll = { workflowExecutionId, accountId, pollAfterMs: reconcileAfterMs };
  const write = mergeWrites(
    { checks: [row, execution] },
    moved,
    requestCheck(check, { ...poll, dueAt: at, now: at, trace: span.trace }),
  );
  return { kind: "done", outcome: "ignored", write };
}

async function requestPublication(
  { job: { id }, span: { trace }, options: { store, now } }: StartRun,
): Promise<Write> {
  const row = await readJob(store, { kind: PUBLISH, id });
  return requestPublish(row, { identityId: id, now: now(), trace });
}
