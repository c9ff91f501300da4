// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { type Update, updateRows } from "../kv/update.ts";
import { readJob } from "../jobs/job.ts";
import { type Operator, recordAction } from "../history/operator_action.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites } from "../kv/write.ts";
import { applyDecision } from "../verification/round.ts";
import {
  changedAtOf,
  saveVerification,
  type Verification,
  verificationKey,
} from "../verification/rows.ts";
import { type Execution, executionKey } from "../verification/executions.ts";
import { CHECK, PUBLISH } from "../verification/job_kinds.ts";
import { requestCheck, requestPublish } from "../verification/requests.ts";

/** Why an operator did something. A code, because a sentence could hold personal data. */
export const ReasonCode = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/);

interface Change {
  readonly identityId: string;
  readonly operator: Operator;
  readonly now: number;
  /** The span of the request, see {@linkcode requestPublish}. */
  readonly trace?: string | undefined;
}

/** What an operator saw of a review before they decided it. */
export type SeenReview = Pick<Verification, "workflowExecutionId"> & {
  readonly changedAt: number;
};

/**
 * Stores the decision of an operator on a verification in review, and requests its publication.
 *
 * @returns False where the verification is not in review, or where it is not the review that the
 * operator saw: another execution may have led to the status since then. Nothing was changed.
 */
export async function decideReview(
  store: Store,
  { identityId, status, reason, validityMs, seen, operator, now, trace }: Change & {
    status: "verified" | "rejected";
    reason: string;
    validityMs: number | undefined;
    seen?: SeenReview | undefined;
  },
): Promise<boolean> {
  return await updateRows(store, { action: "store a decision", build });

  async function build(): Promise<Update<boolean>> {
    const row = await store.get<Verification>(verificationKey(identityId));
    if (row.value?.status !== "review") return { outcome: false };
    if (seen !== undefined && !isSeen(row.value, seen)) return { outcome: false };
    const decided = applyDecision(row.value, { status, now, validityMs });
    const job = await readJob(store, { kind: PUBLISH, id: identityId });
    const details = { status, reason };
    const write = mergeWrites(
      saveVerification(row, decided),
      requestPublish(job, { identityId, now, trace }),
      recordAction(identityId, { at: now, action: "decide", operator, details }),
    );
    return { write, outcome: true };
  }
}

function isSeen(review: Verification, { changedAt, workflowExecutionId }: SeenReview): boolean {
  return changedAtOf(review) === changedAt && review.workflowExecutionId === workflowExecutionId;
}

/**
 * Requests that the newest execution is checked at Jumio now.
 *
 * @returns The id of the execution. Undefined where none is open: nothing was changed.
 */
export async function requestRefresh(
  store: Store,
  { identityId, operator, now, trace }: Change,
): Promise<string | undefined> {
  return await updateRows(store, { action: "request a refresh", build });

  async function build(): Promise<Update<string | undefined>> {
    const { value } = await store.get<Verification>(verificationKey(identityId));
    const id = value?.workflowExecutionId ?? undefined;
    if (id === undefined) return { outcome: undefined };
    const [{ value: execution }, job] = await Promise.all([
      store.get<Execution>(executionKey(id)),
      readJob(store, { kind: CHECK, id }),
    ]);
    if (execution === null || execution.settled !== null) return { outcome: undefined };
    const { accountId } = execution;
    const poll = { workflowExecutionId: id, accountId, pollAfterMs: 0, dueAt: now, now, trace };
    const write = mergeWrites(
      requestCheck(job, poll),
      recordAction(identityId, { at: now, action: "refresh", operator }),
    );
    return { write, outcome: id };
  }
}
