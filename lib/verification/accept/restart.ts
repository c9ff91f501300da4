import { readJob, requestJob } from "../../jobs/job.ts";
import type { Jumio } from "../../jumio/client.ts";
import { type Operator, recordAction } from "../../history/operator_action.ts";
import { START_SCHEDULE } from "../../jobs/schedule.ts";
import type { Store } from "../../kv/store.ts";
import { mergeWrites, type Write } from "../../kv/write.ts";
import { recordEvent } from "../../history/timeline.ts";
import {
  type Execution,
  executionKey,
  type ExecutionLink,
  executionLinkKey,
  type Verification,
  verificationKey,
} from "../rows.ts";

/** How often a person can have a new execution in a day. Each one may cost the operator money. */
export const MAX_RESTARTS_A_DAY = 5;

const DAY_MS = 86_400_000;

/** A link that is over by the time the person gets there is of no use to them. */
const NEARLY_OVER_MS = 120_000;

/** No start waits in the queue for longer than this without being given up. */
const AHEAD_OF_QUEUE_MS = START_SCHEDULE.giveUpAfterMs;

/** In these nothing was handed in that a new execution could make us lose. */
const REPLACEABLE_STATUSES = [
  "INITIATED",
  "ACQUISITION_STARTED",
  "SESSION_EXPIRED",
  "TOKEN_EXPIRED",
];

/** How often the wish is tried again when another instance was faster. */
const ATTEMPTS = 5;

/** The restarts of one person in the last day. */
interface Restarts {
  readonly v: 1;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: readonly number[];
}

/** Whose wish it is, and for whom. An operator's has no daily limit. */
interface RestartOptions {
  readonly identityId: string;
  readonly now: number;
  readonly locale?: string | undefined;
  readonly operator?: Operator;
}

/**
 * What became of a wish for a new execution: `duplicate` when one is on its way, `not_needed` while
 * the present one still leads on or its result is awaited, and after a decision.
 */
export type RestartOutcome = "accepted" | "duplicate" | "not_needed" | "too_many";

/** Where the restarts of a person are counted. */
export function restartsKey(identityId: string): Deno.KvKey {
  return ["restarts", identityId];
}

/** Whether Jumio's link still leads a person on. */
export function isLive(
  link: ExecutionLink | null,
  { now }: { now: number },
): link is ExecutionLink {
  return link !== null && link.expiresAt - now > NEARLY_OVER_MS;
}

/**
 * Takes in the wish for a new execution on the same account, where none can come to a decision any
 * more: at most one at a time and a few a day, at however many instances it is asked for.
 *
 * It is due before all that waits in the queue, because a person is waiting for it.
 */
export async function acceptRestart(
  store: Store,
  options: RestartOptions,
): Promise<RestartOutcome> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const outcome = await tryRestart(store, options);
    if (outcome !== undefined) return outcome;
  }
  // Whoever was faster each time has asked for the same.
  return "duplicate";
}

/** Undefined when a row has changed in between. */
async function tryRestart(
  store: Store,
  { identityId, now, locale, operator }: RestartOptions,
): Promise<RestartOutcome | undefined> {
  const row = await store.get<Verification>(verificationKey(identityId));
  const verification = row.value;
  if (verification === null || verification.goneAt !== null) return "not_needed";
  if (!mayRestart(verification, operator)) return "not_needed";
  const replaces = verification.workflowExecutionId ?? undefined;
  if (replaces !== undefined && !await isOver(store, { workflowExecutionId: replaces, now })) {
    return "not_needed";
  }
  const job = await readJob(store, { kind: "start", id: identityId });
  const request = requestJob(job, {
    kind: "start",
    id: identityId,
    data: {
      ...(replaces === undefined ? {} : { replaces }),
      ...(locale === undefined ? {} : { locale }),
    },
    dueAt: now - AHEAD_OF_QUEUE_MS,
    now,
  });
  if (job.value !== null) return await store.commit(request) ? "duplicate" : undefined;

  if (operator !== undefined) {
    const action = recordAction(identityId, { at: now, action: "restart", operator });
    const write = mergeWrites({ checks: [row] }, request, action);
    return await store.commit(write) ? "accepted" : undefined;
  }
  const count = await store.get<Restarts>(restartsKey(identityId));
  const recent = (count.value?.acceptedAt ?? []).filter((at) => at > now - DAY_MS);
  if (recent.length >= MAX_RESTARTS_A_DAY) return "too_many";
  const restarts: Restarts = { v: 1, acceptedAt: [...recent, now] };
  const counted = {
    checks: [row, count],
    sets: [{ key: count.key, value: restarts, expireInMs: DAY_MS }],
  };
  const details = { outcome: "asked_again" };
  const event = recordEvent(identityId, { at: now, event: "start", details });
  return await store.commit(mergeWrites(counted, request, event)) ? "accepted" : undefined;
}

/** Only an operator may ask for another execution after a rejection or in a review. */
function mayRestart({ status, verdict }: Verification, operator: Operator | undefined): boolean {
  if (verdict === null) return true;
  return operator !== undefined && (status === "rejected" || status === "review");
}

/** Whether nobody can go on with it: it is settled, or its link is over and no result is awaited. */
async function isOver(
  store: Store,
  { workflowExecutionId, now }: { workflowExecutionId: string; now: number },
): Promise<boolean> {
  const { value: execution } = await store.get<Execution>(executionKey(workflowExecutionId));
  // Settled ones are forgotten after a long time.
  if (execution === null || execution.settled !== null) return true;
  const { value: link } = await store.get<ExecutionLink>(executionLinkKey(workflowExecutionId));
  if (isLive(link, { now })) return false;
  const { value: read } = await readJob(store, { kind: "check", id: workflowExecutionId });
  return read?.data.isCalledBack !== true;
}

/**
 * Asks Jumio whether the person can be sent on without losing what they have handed in. A link that
 * is over says nothing about that: the check may be under way.
 */
export async function isReplaceable(
  workflowExecutionId: string,
  { accountId, store, jumio }: { accountId: string; store: Store; jumio: Jumio },
): Promise<boolean> {
  const { value: execution } = await store.get<Execution>(executionKey(workflowExecutionId));
  if (execution === null || execution.settled !== null) return true;
  const status = await jumio.retrieveStatus({ accountId, workflowExecutionId });
  return REPLACEABLE_STATUSES.includes(status);
}

/** Has an execution read back without waiting for its callback or its poll. */
export async function requestCheckNow(
  store: Store,
  { workflowExecutionId, accountId, reconcileAfterMs, now }: {
    workflowExecutionId: string;
    accountId: string;
    reconcileAfterMs: number;
    now: number;
  },
): Promise<Write> {
  const row = await readJob(store, { kind: "check", id: workflowExecutionId });
  const poll = { accountId, isCalledBack: false, pollAfterMs: reconcileAfterMs };
  const data = row.value?.data ?? poll;
  return requestJob(row, { kind: "check", id: workflowExecutionId, data, dueAt: now, now });
}
