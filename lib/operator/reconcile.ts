import { parseDueKey, selectDue } from "../jobs/due.ts";
import { bringForward, readJob } from "../jobs/job.ts";
import { CHECK } from "../verification/job_kinds.ts";
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
  { after, limit, afterMs, operator, now, trace }: {
    after: ReconcileCursor | undefined;
    limit: number;
    afterMs: number;
    operator: Operator;
    now: number;
    trace?: string | undefined;
  },
): Promise<Reconciled> {
  const due = await store.list(selectDue(CHECK, { after: after ?? { dueAt: now } }), { limit });
  const places = due.flatMap(({ key }) => parseDueKey(key) ?? []);
  const results = await Promise.all(places.map(async ({ id }) => {
    const job = await readJob(store, { kind: CHECK, id });
    const lookedAt = job.value?.lastRunAt ?? job.value?.createdAt ?? now;
    if (job.value === null || now - lookedAt < afterMs) return false;
    return await store.commit(mergeWrites(
      bringForward(job, { kind: CHECK, dueAt: now, now, trace }),
      recordAction(id, { at: now, action: "reconcile", operator }),
    ));
  }));
  const last = places.length === limit ? places.at(-1) : undefined;
  return {
    lookedAt: places.length,
    broughtForward: results.filter(Boolean).length,
    next: last && { dueAt: last.dueAt, id: last.id },
  };
}
