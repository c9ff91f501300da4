import type { Config } from "../../config/config.ts";
import { countOne } from "../../history/hourly_counts.ts";
import { requestErasure } from "../accept/erasure.ts";
import { UpstreamError } from "../../upstream/error.ts";
import { type Job, type JobData, jobKey, requestJob, requestJobFrom } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { Jumio, Started } from "../../jumio/client.ts";
import type { Log } from "../../log.ts";
import { isReplaceable, requestCheckNow } from "../accept/restart.ts";
import { createCallbackToken } from "../callback_token.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Row, type Write } from "../../kv/write.ts";
import { recordEvent } from "../../history/timeline.ts";
import {
  type CallbackToken,
  callbackTokenKey,
  changeStatus,
  type Execution,
  executionKey,
  type ExecutionLink,
  executionLinkKey,
  identityExecutionKey,
  saveVerification,
  TOKEN_LIFETIME_MS,
  type Verification,
  verificationKey,
} from "../rows.ts";

/**
 * How long Jumio's link works: in its notation, and in milliseconds. Where our page leads to a live
 * one at any time, Jumio's default; else the person has nothing but this link.
 */
const LINK_LIFETIMES = {
  behindOurPage: { jumio: "30m", ms: 1_800_000 },
  onItsOwn: { jumio: "1d", ms: 86_400_000 },
} as const;

/** What {@linkcode handleStart} needs. */
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
export async function handleStart(
  job: Job<"start">,
  options: StartOptions,
): Promise<JobResult<"start">> {
  const { store, jumio, now, log, publicUrl } = options;
  const { value: verification } = await store.get<Verification>(verificationKey(job.id));
  const { replaces, locale } = job.data;
  if (verification === null || !canStart(verification, job)) {
    return { kind: "done", outcome: "ignored" };
  }
  const { accountId } = verification;
  if (
    replaces !== undefined && accountId !== null &&
    !await isReplaceable(replaces, { accountId, store, jumio })
  ) {
    log.info("Kept an execution that the person has gone through", {
      workflowExecutionId: replaces,
    });
    const write = await requestCheckNow(store, {
      workflowExecutionId: replaces,
      accountId,
      reconcileAfterMs: options.reconcileAfterMs,
      now: now(),
    });
    return { kind: "done", outcome: "ignored", write, wakes: ["check"] };
  }
  const token = publicUrl === undefined ? undefined : await createCallbackToken();
  if (token !== undefined) await store.commit(keepToken(token.tokenHash, null, { job, now }));
  try {
    const started = await jumio.startWorkflow({
      identityId: job.id,
      accountId: accountId ?? undefined,
      callbackUrl: token && `${publicUrl}/jumio/callback/${token.token}`,
      tokenLifetime: linkLifetime(options).jumio,
      web: publicUrl === undefined
        ? undefined
        : { returnUrl: `${publicUrl}/jumio/verify/return`, locale },
    });
    const { workflowExecutionId } = started;
    log.info("Started an execution", { identityId: job.id, workflowExecutionId });
    return {
      kind: "done",
      outcome: "applied",
      // What else changes our record meanwhile must not lead to another account at Jumio.
      write: () => recordStart(started, { job, token, options }),
      wakes: ["publish", "check"],
    };
  } catch (error) {
    // The person can be told "pending" although Jumio is not to be had. Once is enough.
    const isFirst = replaces === undefined && job.failures === 0;
    if (error instanceof UpstreamError && isFirst) await writePending(job, options);
    throw error;
  }
}

function linkLifetime(
  { publicUrl }: Pick<StartOptions, "publicUrl">,
): { readonly jumio: string; readonly ms: number } {
  return publicUrl === undefined ? LINK_LIFETIMES.onItsOwn : LINK_LIFETIMES.behindOurPage;
}

/**
 * Whether the job is still about the newest execution, and no decision came after the wish: a person
 * can be decided about while their wish for a new one waits.
 */
function canStart(
  { workflowExecutionId, verdict, decidedAt }: Verification,
  { data, createdAt }: Job<"start">,
): boolean {
  const isDecided = verdict !== null && (decidedAt ?? 0) >= createdAt;
  return (workflowExecutionId ?? undefined) === data.replaces && !isDecided;
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
  { job, token, options }: {
    job: Job<"start">;
    token: { readonly tokenHash: string } | undefined;
    options: StartOptions;
  },
): Promise<Write> {
  const { store, now, publicUrl, reconcileAfterMs } = options;
  const [row, reading, writing] = await store.getMany<[Verification, Job<"check">, Job<"publish">]>(
    [
      verificationKey(job.id),
      jobKey("check", workflowExecutionId),
      jobKey("publish", job.id),
    ],
  );
  const verification = row.value;
  // The record was erased while Jumio was at it: what it has made has to go as well.
  if (verification === null) return await requestErasure(store, { ...job, accountId, now: now() });
  // Somebody has put another execution in its place, or it was decided meanwhile.
  if (!canStart(verification, job)) return {};
  const at = now();
  const linkMs = linkLifetime(options).ms;
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
    openedAt: null,
    settled: null,
  };
  const link: ExecutionLink | undefined = href === undefined
    ? undefined
    : { v: 1, href, expiresAt: at + linkMs };
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
          expireInMs: linkMs,
        }]),
      ],
    },
    planPoll(reading, {
      accountId,
      workflowExecutionId,
      at,
      // Who goes to Jumio by our page brings the poll forward; who never does costs this one.
      firstPollAt: at + reconcileAfterMs + (publicUrl === undefined ? 0 : linkMs),
      reconcileAfterMs,
    }),
    requestJob(writing, {
      kind: "publish",
      id: job.id,
      data: { isConfirmation: false },
      dueAt: at,
      now: at,
    }),
  );
}

/** Plans the first poll. A callback that has overtaken Jumio's answer already asked to read. */
function planPoll(
  row: Row<Job<"check">>,
  { accountId, workflowExecutionId, at, firstPollAt, reconcileAfterMs }: {
    accountId: string;
    workflowExecutionId: string;
    at: number;
    firstPollAt: number;
    reconcileAfterMs: number;
  },
): Write {
  const poll: JobData["check"] = { accountId, isCalledBack: false, pollAfterMs: reconcileAfterMs };
  return requestJob(row, {
    kind: "check",
    id: workflowExecutionId,
    data: row.value?.data ?? poll,
    dueAt: row.value === null ? firstPollAt : at,
    now: at,
  });
}

async function writePending(
  job: Job<"start">,
  { store, now }: Pick<StartOptions, "store" | "now">,
): Promise<void> {
  await store.commit(
    await requestJobFrom(store, {
      kind: "publish",
      id: job.id,
      data: { isConfirmation: false },
      dueAt: now(),
      now: now(),
    }),
  );
}
