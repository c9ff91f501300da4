// SPDX-License-Identifier: Apache-2.0
import { type CreateCalls, createCallsKey, nextCreateAt } from "./create_calls.ts";
import {
  type Execution,
  executionKey,
  type ExecutionLink,
  executionLinkKey,
  isLive,
} from "./executions.ts";
import { isUsedUp } from "./execution_limit.ts";
import { type CheckData, START, type StartData } from "./job_kinds.ts";
import { readResultReading, type ResultReading } from "./result_reading.ts";
import { isOverRestartLimit, type Restarts } from "./restarts.ts";
import { restartsKey, type Verification, verificationKey } from "./rows.ts";
import { type Job, readJob } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";

/**
 * How far a person has got, as far as it makes a difference to them. `ready`: the button leads to
 * Jumio, whether there is a link that works already or not. `needs_support`: the result has not been
 * readable for an hour.
 */
export type ProgressState =
  | "preparing"
  | "ready"
  | "in_progress"
  | "checking"
  | "needs_support"
  | "verified"
  | "review"
  | "rejected"
  | "expired"
  | "inconclusive"
  /** They cannot be started again today: support has to look at it. */
  | "too_many"
  /** They have had as many executions as they may have: only an operator can allow more. */
  | "limit_reached"
  | "gone";

/** Without a link that works, the person's button starts an execution. */
const STARTABLE: readonly ProgressState[] = ["preparing", "ready", "expired", "inconclusive"];

/** How far a person has got, and what the button needs to lead them on. */
export interface Progress {
  readonly state: ProgressState;
  /** Whether there is a record of the identity. */
  readonly isKnown: boolean;
  readonly workflowExecutionId: string | null;
  /** Jumio's link, while it works. */
  readonly href: string | undefined;
  /** The start that is under way. */
  readonly startJob: Job<StartData> | null;
}

interface Rows {
  readonly verification: Verification;
  readonly execution: Execution | null;
  readonly startJob: Job<StartData> | null;
  readonly reading: ResultReading;
  readonly check: Job<CheckData> | null;
}

/** Reads a person's progress from our own record. Writes nothing and makes no network call. */
export async function readProgress(
  store: Store,
  { identityId, maxExecutions, now }: { identityId: string; maxExecutions: number; now: number },
): Promise<Progress> {
  // In this order: when a start is done, the record that is read afterwards has its execution.
  const { value: startJob } = await readJob(store, { kind: START, id: identityId });
  const [{ value: verification }, { value: calls }, { value: restarts }] = await store.getMany<
    [Verification, CreateCalls, Restarts]
  >([verificationKey(identityId), createCallsKey(identityId), restartsKey(identityId)]);
  if (verification === null) {
    // The registration hook did not arrive, or KV was lost. The button finds out.
    const nothing = { isKnown: false, workflowExecutionId: null, href: undefined, startJob };
    return { state: "ready", ...nothing };
  }
  const id = verification.workflowExecutionId;
  const [execution, link, result] = id === null ? [] : await Promise.all([
    store.get<Execution>(executionKey(id)),
    store.get<ExecutionLink>(executionLinkKey(id)),
    readResultReading(store, { workflowExecutionId: id, now }),
  ]);
  const rows: Rows = {
    verification,
    execution: execution?.value ?? null,
    startJob,
    reading: result?.reading ?? "normal",
    check: result?.check ?? null,
  };
  const isOpen = rows.execution !== null && rows.execution.settled === null &&
    rows.reading !== "given_up";
  const live = link?.value ?? null;
  const href = isOpen && isLive(live, { now }) ? live.href : undefined;
  const state = decideState(rows);
  const needsStart = STARTABLE.includes(state) && href === undefined;
  const isLimited = needsStart && isUsedUp(verification, { maxExecutions });
  const isTooMany = needsStart && (nextCreateAt(calls, now) !== undefined ||
    // A start that is under way has been counted already.
    (startJob === null && isOverRestartLimit(restarts, now)));
  return {
    state: isLimited ? "limit_reached" : isTooMany ? "too_many" : state,
    isKnown: true,
    workflowExecutionId: id,
    href,
    startJob,
  };
}

function decideState({ verification, execution, startJob, reading, check }: Rows): ProgressState {
  const { status, workflowExecutionId, goneAt } = verification;
  if (goneAt !== null) return "gone";
  if (status !== "pending" && status !== "expired") return status;
  if (startJob !== null && (startJob.data.replaces ?? null) === workflowExecutionId) {
    return "preparing";
  }
  if (status === "expired") return "expired";
  if (execution === null) return "ready";
  if (execution.settled !== null) {
    // Any other conclusion changes the status, which happened after the record was read.
    return execution.settled.conclusion === "inconclusive" ? "inconclusive" : "checking";
  }
  // The person may start again. A result that is read after all still counts.
  if (reading === "given_up") return "inconclusive";
  if (check?.data.isCalledBack !== true) return execution.openedAt ? "in_progress" : "ready";
  return reading === "late" ? "needs_support" : "checking";
}
