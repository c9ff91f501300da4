// SPDX-License-Identifier: Apache-2.0
import { requestAccountErasure } from "../accept/erasure.ts";
import { type CallbackToken, callbackTokenKey, TOKEN_LIFETIME_MS } from "../callback_token.ts";
import { type CreateCalls, createCallsKey, endTokens } from "../create_calls.ts";
import {
  type Execution,
  executionKey,
  type ExecutionLink,
  executionLinkKey,
  identityExecutionKey,
} from "../executions.ts";
import { CHECK, type CheckData, PUBLISH, type PublishData, type StartData } from "../job_kinds.ts";
import { requestCheck, requestPublish } from "../requests.ts";
import { saveVerification, type Verification, verificationKey } from "../rows.ts";
import { applyStart, hasDecision } from "../round.ts";
import { countOne } from "../../history/hourly_counts.ts";
import { recordEvent } from "../../history/timeline.ts";
import { type Job, jobKey } from "../../jobs/job.ts";
import type { JobSpan } from "../../jobs/run_job.ts";
import type { Jumio, Started } from "../../jumio/client.ts";
import type { Kratos } from "../../kratos/client.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Write } from "../../kv/write.ts";
import type { Log } from "../../log.ts";

/**
 * How long Jumio's link works. Jumio's default of 30 minutes is enough if our page can create
 * another one at any time. Without `PUBLIC_URL` the person has nothing but this link.
 */
const LINK_LIFETIMES = {
  behindOurPage: { jumio: "30m", ms: 1_800_000 },
  onItsOwn: { jumio: "1d", ms: 86_400_000 },
} as const;

export interface StartOptions {
  readonly store: Store;
  readonly jumio: Pick<Jumio, "retrieveStatus" | "startWorkflow">;
  readonly kratos: Pick<Kratos, "getJumioMetadata">;
  readonly now: () => number;
  readonly log: Log;
  readonly publicUrl: string | undefined;
  readonly reconcileAfterMs: number;
  /** How many executions one person may have in all. */
  readonly maxExecutions: number;
}

export interface StartRun {
  readonly job: Job<StartData>;
  readonly span: JobSpan;
  readonly options: StartOptions;
}

/** Builds the write that records what Jumio created. */
export async function buildStarted(
  started: Started,
  { tokenHash, run }: {
    /** The hash of the token of the create call. Null without `PUBLIC_URL`. */
    tokenHash: string | null;
    run: StartRun;
  },
): Promise<Write> {
  const { job, span: { trace }, options: { store, now } } = run;
  const { accountId, workflowExecutionId } = started;
  const [row, check, publish, calls] = await store.getMany<
    [Verification, Job<CheckData>, Job<PublishData>, CreateCalls]
  >([
    verificationKey(job.id),
    jobKey(CHECK, workflowExecutionId),
    jobKey(PUBLISH, job.id),
    createCallsKey(job.id),
  ]);
  const verification = row.value;
  const at = now();
  // The record was erased during the call, so the new account has to be erased as well.
  if (verification === null) {
    const erasure = { identityId: job.id, accountId, now: at, trace };
    const request = await requestAccountErasure(store, erasure);
    return mergeWrites(request, endTokens(calls, { except: null }));
  }
  // Another execution was recorded or a decision was made during the call.
  if (!canStart(verification, job)) return endTokens(calls, { except: null });
  const isJustRead = job.data.made === undefined;
  const next = applyStart(verification, { accountId, workflowExecutionId, now: at });
  const details = { outcome: "applied", "workflow_execution_id": workflowExecutionId };
  return mergeWrites(
    // The earlier create calls have made nothing, or spare executions that are never used.
    endTokens(calls, { except: tokenHash }),
    tokenHash === null ? {} : saveToken({ tokenHash }, workflowExecutionId, run),
    saveVerification(row, next),
    countOne("starts", at),
    recordEvent(job.id, { at, event: "start", details }),
    saveExecution(started, { tokenHash, at, round: next.round, run }),
    requestCheck(check, {
      workflowExecutionId,
      accountId,
      pollAfterMs: run.options.reconcileAfterMs,
      // A callback that was faster than Jumio's answer has already requested a check.
      dueAt: check.value === null ? at + firstPollAfterMs(run.options) : at,
      now: at,
      trace,
    }),
    requestPublish(publish, { identityId: job.id, isJustRead, now: at, trace }),
  );
}

/**
 * With our page, the first poll comes after the link has expired: a visit of Jumio brings it
 * forward, so only people who never go there cost this poll.
 */
function firstPollAfterMs({ publicUrl, reconcileAfterMs }: StartOptions): number {
  return reconcileAfterMs + (publicUrl === undefined ? 0 : LINK_LIFETIMES.behindOurPage.ms);
}

function saveExecution(
  { accountId, workflowExecutionId, href }: Started,
  { tokenHash, at, round, run: { job, span, options } }: {
    tokenHash: string | null;
    at: number;
    round: number;
    run: StartRun;
  },
): Write {
  const execution: Execution = {
    v: 1,
    identityId: job.id,
    accountId,
    callbackTokenHash: tokenHash,
    createdAt: at,
    round,
    openedAt: null,
    settled: null,
    ...(span.trace === undefined ? {} : { trace: span.trace }),
  };
  const key = executionKey(workflowExecutionId);
  const { ms } = linkLifetime(options);
  const link: ExecutionLink[] = href === undefined ? [] : [{ v: 1, href, expiresAt: at + ms }];
  return {
    checks: [{ key, versionstamp: null }],
    sets: [
      { key, value: execution },
      { key: identityExecutionKey(job.id, at, workflowExecutionId), value: null },
      ...link.map((value) => ({
        key: executionLinkKey(workflowExecutionId),
        value,
        expireInMs: ms,
      })),
    ],
  };
}

/** How long Jumio's link of a new execution works. */
export function linkLifetime(
  { publicUrl }: Pick<StartOptions, "publicUrl">,
): { readonly jumio: string; readonly ms: number } {
  return publicUrl === undefined ? LINK_LIFETIMES.onItsOwn : LINK_LIFETIMES.behindOurPage;
}

/**
 * Whether the job is still about the newest execution, and nothing is decided in the present round: a
 * decision can come while a start waits in the queue. An operator's restart has begun a round already.
 */
export function canStart(verification: Verification, { data }: Job<StartData>): boolean {
  const isNewest = (verification.workflowExecutionId ?? undefined) === data.replaces;
  return isNewest && !hasDecision(verification);
}

/** Saves a create call's token: first without its execution, then with it. */
export function saveToken(
  { tokenHash }: { tokenHash: string },
  workflowExecutionId: string | null,
  { job, span, options: { now } }: StartRun,
): Write {
  const isTraced = workflowExecutionId !== null && span.trace !== undefined;
  const value: CallbackToken = {
    v: 1,
    identityId: job.id,
    workflowExecutionId,
    expiresAt: now() + TOKEN_LIFETIME_MS,
    ...(isTraced ? { trace: span.trace } : {}),
  };
  return { sets: [{ key: callbackTokenKey(tokenHash), value, expireInMs: TOKEN_LIFETIME_MS }] };
}
