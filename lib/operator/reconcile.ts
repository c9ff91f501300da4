import { readJob, requestJob } from "../jobs/job.ts";
import { type Operator, recordAction } from "../history/operator_action.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites } from "../kv/write.ts";

/** Where a reconciliation is: after the poll that was due then. */
export interface ReconcileCursor {
  readonly dueAt: number;
  readonly id: string;
}

/** What a page of a reconciliation came to. */
export interface Reconciled {
  /** Polls that were looked at, and of those the ones that are made now. */
  readonly lookedAt: number;
  readonly broughtForward: number;
  /** Undefined: that was all. */
  readonly next: ReconcileCursor | undefined;
}

/**
 * Brings the polls forward that would come later by schedule: for the day after callbacks were lost.
 * A page at a time; what was polled within `afterMs` is left alone, so that it can be repeated.
 */
export async function reconcile(
  store: Store,
  { after, limit, afterMs, operator, now }: {
    after: ReconcileCursor | undefined;
    limit: number;
    afterMs: number;
    operator: Operator;
    now: number;
  },
): Promise<Reconciled> {
  const start = after === undefined
    ? ["due", "check", now + 1]
    : ["due", "check", after.dueAt, `${after.id}\0`];
  const due = await store.list({ start, end: ["due", "check\0"] }, { limit });
  const results = await Promise.all(due.map(async ({ key }) => {
    const id = String(key[3]);
    const job = await readJob(store, { kind: "check", id });
    const lookedAt = job.value?.lastRunAt ?? job.value?.createdAt ?? now;
    if (job.value === null || now - lookedAt < afterMs) return false;
    const { data } = job.value;
    return await store.commit(mergeWrites(
      requestJob(job, { kind: "check", id, data, dueAt: now, now }),
      recordAction(id, { at: now, action: "reconcile", operator }),
    ));
  }));
  const last = due.length === limit ? due.at(-1) : undefined;
  return {
    lookedAt: due.length,
    broughtForward: results.filter(Boolean).length,
    next: last && { dueAt: Number(last.key[2]), id: String(last.key[3]) },
  };
}
