// SPDX-License-Identifier: Apache-2.0
import {
  type Execution,
  executionKey,
  type ExecutionLink,
  executionLinkKey,
  isLive,
} from "../executions.ts";
import { allowMore, isExhausted, isUsedUp } from "../execution_limit.ts";
import { type CreateCalls, createCallsKey, nextCreateAt } from "../create_calls.ts";
import { START, type StartData } from "../job_kinds.ts";
import { requestStart } from "../requests.ts";
import { readResultReading } from "../result_reading.ts";
import { countRestart, isOverRestartLimit, type Restarts } from "../restarts.ts";
import { beginRound, hasDecision } from "../round.ts";
import { restartsKey, saveVerification, type Verification, verificationKey } from "../rows.ts";
import { isDecided } from "../verdict.ts";
import { type Operator, recordAction } from "../../history/operator_action.ts";
import { recordEvent } from "../../history/timeline.ts";
import { type DeadLetter, deadLetterKey } from "../../jobs/dead_letters.ts";
import { readJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { type Update, updateRows } from "../../kv/update.ts";
import { mergeWrites, type Row, type Write } from "../../kv/write.ts";

/** A start is given up after this long, so none in the queue is due earlier. */
const AHEAD_OF_QUEUE_MS = START.schedule.giveUpAfterMs;

/** An operator's restart is not counted with the person's, but its create calls are. */
interface RestartOptions {
  readonly identityId: string;
  /** How many executions one person may have in all. */
  readonly maxExecutions: number;
  readonly now: number;
  readonly locale?: string | undefined;
  readonly operator?: Operator;
  readonly trace?: string | undefined;
}

/**
 * `duplicate`: a start is already under way. `not_needed`: the present execution still works, its
 * result is awaited, or there is a decision. `too_many`: a limit of the day is reached.
 * `limit_reached`: the person has had as many executions as they may have in all.
 */
export type RestartOutcome =
  | "accepted"
  | "duplicate"
  | "not_needed"
  | "too_many"
  | "limit_reached";

/**
 * Accepts a new execution on the same account, if the present one cannot come to a decision any
 * more. There is one at a time and a few a day, over all instances.
 *
 * It is due before everything else in the queue, because a person is waiting for it.
 */
export async function acceptRestart(
  store: Store,
  options: RestartOptions,
): Promise<RestartOutcome> {
  return await updateRows(store, {
    action: "accept a restart",
    build: () => buildRestart(store, options),
  });
}

async function buildRestart(
  store: Store,
  options: RestartOptions,
): Promise<Update<RestartOutcome>> {
  const { identityId, maxExecutions, now, locale, operator, trace } = options;
  const row = await store.get<Verification>(verificationKey(identityId));
  const replaces = row.value?.workflowExecutionId ?? undefined;
  if (
    row.value === null || row.value.goneAt !== null || !mayRestart(row.value, operator) ||
    (replaces !== undefined &&
      !await isOver(store, { workflowExecutionId: replaces, operator, now }))
  ) {
    return { outcome: "not_needed" };
  }
  if (operator === undefined ? isUsedUp(row.value, { maxExecutions }) : isExhausted(row.value)) {
    return { outcome: "limit_reached" };
  }
  const job = await readJob(store, { kind: START, id: identityId });
  const data: StartData = {
    ...(replaces === undefined ? {} : { replaces }),
    ...(locale === undefined ? {} : { locale }),
    ...(operator === undefined ? {} : { isForced: true }),
  };
  if (operator === undefined && await isOverCreateLimit(store, { identityId, now })) {
    return { outcome: "too_many" };
  }
  // A start that was tried before keeps its schedule, however often the person presses.
  const wasTried = operator === undefined && (job.value?.lastRunAt ?? null) !== null;
  const dueAt = wasTried ? Math.max(now, job.value?.dueAt ?? 0) : now - AHEAD_OF_QUEUE_MS;
  // A start that waits while a decision comes is not made. An operator's restart makes it possible.
  if (job.value !== null && !hasDecision(row.value)) {
    const allowed = operator && saveVerification(row, allowMore(row.value));
    const write = requestStart(job, { identityId, data, dueAt, now, trace });
    return { write: mergeWrites(allowed ?? {}, write), outcome: "duplicate" };
  }
  const given = await takeMade(store, identityId);
  const made = given.made === undefined ? {} : { made: given.made };
  const request = mergeWrites(
    requestStart(job, { identityId, data: { ...data, ...made }, dueAt, now, trace }),
    given.write,
  );
  const cause = operator === undefined
    ? await takeRestart(store, options)
    : buildRound(row, { ...options, operator });
  if (cause === "too_many") return { outcome: "too_many" };
  return { write: mergeWrites({ checks: [row] }, request, cause), outcome: "accepted" };
}

/** The person's start would only wait, and each press would make it wait again. */
async function isOverCreateLimit(
  store: Store,
  { identityId, now }: { identityId: string; now: number },
): Promise<boolean> {
  const { value } = await store.get<CreateCalls>(createCallsKey(identityId));
  return nextCreateAt(value, now) !== undefined;
}

/** What Jumio made for a start that was given up: it is recorded now, instead of making it again. */
async function takeMade(
  store: Store,
  identityId: string,
): Promise<{ made: StartData["made"]; write: Write }> {
  const letter = await store.get<DeadLetter<StartData>>(deadLetterKey(START, identityId));
  const made = letter.value?.data.made;
  return { made, write: made === undefined ? {} : { checks: [letter], deletes: [letter.key] } };
}

/**
 * An operator's restart begins a round: what was decided before does not count in it. It also allows
 * more executions.
 */
function buildRound(
  row: Row<Verification>,
  { identityId, operator, now }: RestartOptions & { operator: Operator },
): Write {
  const begun = row.value && beginRound(row.value, { cause: "restart", now });
  return mergeWrites(
    begun ? saveVerification(row, allowMore(begun)) : {},
    recordAction(identityId, { at: now, action: "restart", operator }),
  );
}

async function takeRestart(
  store: Store,
  { identityId, now }: RestartOptions,
): Promise<Write | "too_many"> {
  const count = await store.get<Restarts>(restartsKey(identityId));
  if (isOverRestartLimit(count.value, now)) return "too_many";
  const details = { outcome: "asked_again" };
  return mergeWrites(
    { checks: [count], sets: [{ key: count.key, ...countRestart(count.value, now) }] },
    recordEvent(identityId, { at: now, event: "start", details }),
  );
}

/** After a rejection or in a review, only an operator may ask for another execution. */
function mayRestart(verification: Verification, operator: Operator | undefined): boolean {
  if (!isDecided(verification)) return true;
  return operator !== undefined && verification.status !== "verified";
}

/**
 * Whether it is settled, its result cannot be read, or its link has expired and no result is awaited.
 */
async function isOver(
  store: Store,
  { workflowExecutionId, operator, now }: {
    workflowExecutionId: string;
    operator: Operator | undefined;
    now: number;
  },
): Promise<boolean> {
  const { value: execution } = await store.get<Execution>(executionKey(workflowExecutionId));
  // A row that is missing was settled and has expired.
  if (execution === null || execution.settled !== null) return true;
  const { reading, check } = await readResultReading(store, { workflowExecutionId, now });
  if (reading === "given_up" || (reading === "late" && operator !== undefined)) return true;
  const { value: link } = await store.get<ExecutionLink>(executionLinkKey(workflowExecutionId));
  return !isLive(link, { now }) && check?.data.isCalledBack !== true;
}
