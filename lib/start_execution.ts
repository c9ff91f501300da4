import type { Config } from "./config.ts";
import { countOne } from "./counts.ts";
import { requestErasure, tombstoneKey } from "./erasure.ts";
import { UpstreamError } from "./errors.ts";
import { type Job, type JobData, readJob, requestJob, requestJobFrom } from "./jobs.ts";
import type { JobResult } from "./job_result.ts";
import type { Jumio, Started } from "./jumio.ts";
import type { Log } from "./log.ts";
import { type Operator, recordAction } from "./operator.ts";
import { START_SCHEDULE } from "./schedule.ts";
import { createCallbackToken } from "./signature.ts";
import { mergeWrites, type Store, type Write } from "./store.ts";
import { recordEvent } from "./timeline.ts";
import {
  type CallbackToken,
  callbackTokenKey,
  changeStatus,
  createVerification,
  type Execution,
  executionKey,
  type ExecutionLink,
  executionLinkKey,
  identityExecutionKey,
  saveVerification,
  TOKEN_LIFETIME_MS,
  type Verification,
  verificationKey,
} from "./verifications.ts";

/** How long Jumio's own link works: in its notation, and in milliseconds. */
const LINK_LIFETIME = { jumio: "1d", ms: 86_400_000 } as const;

/** No start waits in the queue for longer than this without being given up. */
const AHEAD_OF_QUEUE_MS = START_SCHEDULE.giveUpAfterMs;

/**
 * Takes in the wish to start, in one write. False when this identity's start was taken in before:
 * however often Kratos repeats its hook, there is one.
 */
export async function acceptStart(
  store: Store,
  { identityId, now, operator }: { identityId: string; now: number; operator?: Operator },
): Promise<boolean> {
  const verification = createVerification(identityId, { now });
  const nothing = { key: verificationKey(identityId), value: null, versionstamp: null };
  const job = requestJob(nothing, { kind: "start", id: identityId, data: {}, dueAt: now, now });
  const claim = saveVerification(nothing, verification);
  // A hook that comes late must not bring back what was erased; an operator may begin anew.
  const cause = operator === undefined
    ? mergeWrites(
      { checks: [{ key: tombstoneKey(identityId), versionstamp: null }] },
      recordEvent(identityId, { at: now, event: "hook", details: { outcome: "accepted" } }),
    )
    : recordAction(identityId, { at: now, action: "start", operator });
  if (await store.commit(mergeWrites(claim, job, cause))) return true;
  if (operator === undefined) await recordRepeat(store, { identityId, now });
  return false;
}

async function recordRepeat(
  store: Store,
  { identityId, now }: { identityId: string; now: number },
): Promise<void> {
  const { value } = await store.get<Verification>(verificationKey(identityId));
  if (value === null) return;
  await store.commit(recordEvent(identityId, {
    at: value.acceptedAt,
    event: "hook",
    details: { outcome: "duplicate", "last_at": now },
    collapsesAs: "hook repeated",
  }));
}

/**
 * Takes in the wish for a new execution on the same account, after one that came to no decision.
 * False while there is one that may still come to one, and after a decision; only an operator may
 * ask for another after a rejection or in a review.
 *
 * It is due before all that waits in the queue, because a person is waiting for it.
 */
export async function acceptRestart(
  store: Store,
  { identityId, now, operator }: { identityId: string; now: number; operator?: Operator },
): Promise<boolean> {
  const row = await store.get<Verification>(verificationKey(identityId));
  const replaces = row.value?.workflowExecutionId ?? null;
  if (row.value === null || replaces === null || !mayRestart(row.value, operator)) return false;
  const execution = await store.get<Execution>(executionKey(replaces));
  // One that is not kept any more was settled long ago: an open one is kept for as long as it is.
  if (execution.value !== null && execution.value.settled === null) return false;
  const job = await requestJobFrom(store, {
    kind: "start",
    id: identityId,
    data: { replaces },
    dueAt: now - AHEAD_OF_QUEUE_MS,
    now,
  });
  const cause = operator === undefined
    ? recordEvent(identityId, { at: now, event: "start", details: { outcome: "asked_again" } })
    : recordAction(identityId, { at: now, action: "restart", operator });
  return await store.commit(mergeWrites({ checks: [row] }, job, cause));
}

function mayRestart({ status, verdict }: Verification, operator: Operator | undefined): boolean {
  if (verdict === null) return true;
  return operator !== undefined && (status === "rejected" || status === "review");
}

/** What {@linkcode startExecution} needs. */
export interface StartOptions {
  readonly store: Store;
  readonly jumio: Jumio;
  readonly now: () => number;
  readonly log: Log;
  readonly publicUrl: Config["publicUrl"];
  readonly reconcileAfterMs: number;
}

/**
 * Starts the identity's execution at Jumio.
 *
 * A create call that is lost after Jumio did it leaves a spare account there, because Jumio knows
 * no idempotency key; its token opens nothing, and only the execution whose answer we got is named.
 */
export async function startExecution(
  job: Job<"start">,
  options: StartOptions,
): Promise<JobResult<"start">> {
  const { store, jumio, now, log, publicUrl } = options;
  const row = await store.get<Verification>(verificationKey(job.id));
  const replaced = row.value?.workflowExecutionId ?? undefined;
  if (row.value === null || replaced !== job.data.replaces) {
    return { kind: "done", outcome: "ignored" };
  }
  const token = publicUrl === undefined ? undefined : await createCallbackToken();
  if (token !== undefined) await store.commit(keepToken(token.tokenHash, null, { job, now }));
  try {
    const started = await jumio.startWorkflow({
      identityId: job.id,
      accountId: row.value.accountId ?? undefined,
      callbackUrl: token && `${publicUrl}/jumio/callback/${token.token}`,
      tokenLifetime: LINK_LIFETIME.jumio,
    });
    const { workflowExecutionId } = started;
    log.info("Started an execution", { identityId: job.id, workflowExecutionId });
    return {
      kind: "done",
      outcome: "applied",
      // What else changes our record meanwhile must not lead to another account at Jumio.
      write: () => recordStart(started, { job, token, options }),
      wakes: ["write", "read"],
    };
  } catch (error) {
    // The person can be told "pending" although Jumio is not to be had. Once is enough.
    const isFirst = replaced === undefined && job.failures === 0;
    if (error instanceof UpstreamError && isFirst) await writePending(job, options);
    throw error;
  }
}

function keepToken(
  tokenHash: string,
  workflowExecutionId: string | null,
  { job, now }: { job: Job<"start">; now: () => number },
): Write {
  const value: CallbackToken = {
    v: 1,
    identityId: job.id,
    workflowExecutionId,
    expiresAt: now() + TOKEN_LIFETIME_MS,
  };
  return { sets: [{ key: callbackTokenKey(tokenHash), value, expireInMs: TOKEN_LIFETIME_MS }] };
}

async function recordStart(
  { accountId, workflowExecutionId, href }: Started,
  { job, token, options: { store, now, reconcileAfterMs } }: {
    job: Job<"start">;
    token: { readonly tokenHash: string } | undefined;
    options: StartOptions;
  },
): Promise<Write> {
  const row = await store.get<Verification>(verificationKey(job.id));
  const verification = row.value;
  // The record was erased while Jumio was at it: what it has made has to go as well.
  if (verification === null) return await requestErasure(store, { ...job, accountId, now: now() });
  // Somebody has put another execution in this one's place.
  if ((verification.workflowExecutionId ?? undefined) !== job.data.replaces) return {};
  const at = now();
  const started: Verification = {
    ...changeStatus(verification, { status: "pending", now: at }),
    verdict: null,
    decidedAt: null,
    accountId,
    workflowExecutionId,
    initiatedAt: at,
  };
  const execution: Execution = {
    v: 1,
    identityId: verification.identityId,
    accountId,
    callbackTokenHash: token?.tokenHash ?? null,
    createdAt: at,
    settled: null,
  };
  const link: ExecutionLink | undefined = href === undefined
    ? undefined
    : { v: 1, href, expiresAt: at + LINK_LIFETIME.ms };
  return mergeWrites(
    token === undefined ? {} : keepToken(token.tokenHash, workflowExecutionId, { job, now }),
    saveVerification(row, started),
    countOne("starts", at),
    recordEvent(job.id, {
      at,
      event: "start",
      details: { outcome: "applied", "workflow_execution_id": workflowExecutionId },
    }),
    {
      checks: [{ key: executionKey(workflowExecutionId), versionstamp: null }],
      sets: [
        { key: executionKey(workflowExecutionId), value: execution },
        { key: identityExecutionKey(job.id, at, workflowExecutionId), value: null },
        ...(link === undefined ? [] : [{
          key: executionLinkKey(workflowExecutionId),
          value: link,
          expireInMs: LINK_LIFETIME.ms,
        }]),
      ],
    },
    await requestRead(store, { accountId, workflowExecutionId, at, reconcileAfterMs }),
    await requestJobFrom(store, {
      kind: "write",
      id: verification.identityId,
      data: { isConfirmation: false },
      dueAt: at,
      now: at,
    }),
  );
}

/** Plans the first poll. A callback that has overtaken Jumio's answer already asked to read. */
async function requestRead(
  store: Store,
  { accountId, workflowExecutionId, at, reconcileAfterMs }: {
    accountId: string;
    workflowExecutionId: string;
    at: number;
    reconcileAfterMs: number;
  },
): Promise<Write> {
  const row = await readJob(store, { kind: "read", id: workflowExecutionId });
  const poll: JobData["read"] = { accountId, isCalledBack: false, pollAfterMs: reconcileAfterMs };
  return requestJob(row, {
    kind: "read",
    id: workflowExecutionId,
    data: row.value?.data ?? poll,
    dueAt: row.value === null ? at + reconcileAfterMs : at,
    now: at,
  });
}

async function writePending(
  job: Job<"start">,
  { store, now }: Pick<StartOptions, "store" | "now">,
): Promise<void> {
  await store.commit(
    await requestJobFrom(store, {
      kind: "write",
      id: job.id,
      data: { isConfirmation: false },
      dueAt: now(),
      now: now(),
    }),
  );
}
