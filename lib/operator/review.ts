import { updateRows } from "../kv/update.ts";
import { readJob, requestJob, requestJobFrom } from "../jobs/job.ts";
import { type Operator, recordAction } from "../history/operator_action.ts";
import { mergeWrites, type Store } from "../kv/store.ts";
import {
  changeStatus,
  type Execution,
  executionKey,
  saveVerification,
  type Verification,
  verificationKey,
} from "../verification/rows.ts";

/** What a change was for, and by whom. */
interface Change {
  readonly identityId: string;
  readonly operator: Operator;
  readonly now: number;
}

/**
 * Settles a review as a person has decided it. The verdict stays WARNING: that is what Jumio said.
 * False for a verification that is not in review.
 */
export async function decideReview(
  store: Store,
  { identityId, status, reason, operator, now }: Change & {
    status: "verified" | "rejected";
    reason: string;
  },
): Promise<boolean> {
  return await updateRows(store, async () => {
    const row = await store.get<Verification>(verificationKey(identityId));
    if (row.value?.status !== "review") return undefined;
    const decided = { ...changeStatus(row.value, { status, now }), decidedAt: now };
    const writing = await requestJobFrom(store, {
      kind: "publish",
      id: identityId,
      data: { isConfirmation: false },
      dueAt: now,
      now,
    });
    const details = { status, reason };
    return mergeWrites(
      saveVerification(row, decided),
      writing,
      recordAction(identityId, { at: now, action: "decide", operator, details }),
    );
  });
}

/**
 * Has the newest execution read back from Jumio now. Returns its id; undefined where there is none
 * that could still come to something.
 */
export async function requestRefresh(
  store: Store,
  { identityId, operator, now }: Change,
): Promise<string | undefined> {
  let reading: string | undefined;
  await updateRows(store, async () => {
    const { value } = await store.get<Verification>(verificationKey(identityId));
    const id = value?.workflowExecutionId ?? undefined;
    if (id === undefined) return undefined;
    const [{ value: execution }, job] = await Promise.all([
      store.get<Execution>(executionKey(id)),
      readJob(store, { kind: "check", id }),
    ]);
    if (execution === null || execution.settled !== null) return undefined;
    const { accountId } = execution;
    const data = job.value?.data ?? { accountId, isCalledBack: false, pollAfterMs: 0 };
    reading = id;
    return mergeWrites(
      requestJob(job, { kind: "check", id, data, dueAt: now, now }),
      recordAction(identityId, { at: now, action: "refresh", operator }),
    );
  });
  return reading;
}
