// SPDX-License-Identifier: Apache-2.0
import { parseDueKey, selectDue } from "../jobs/due.ts";
import { bringForward, readJob } from "../jobs/job.ts";
import { CHECK } from "../verification/job_kinds.ts";
import { type Operator, recordAction } from "../history/operator_action.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites } from "../kv/write.ts";

/** The last poll of a page. The next page begins after it. */
export interface PollCursor {
  readonly dueAt: number;
  readonly id: string;
}

/** The result for one page of polls. */
export interface BroughtForward {
  readonly lookedAt: number;
  /** How many of them are due now. */
  readonly broughtForward: number;
  /** Undefined on the last page. */
  readonly next: PollCursor | undefined;
}

/**
 * Brings one page of scheduled polls forward, for the case that callbacks were lost. Leaves out
 * what was checked in the last `afterMs`, so that repeating it does not poll Jumio again.
 */
export async function bringPollsForward(
  store: Store,
  { after, limit, afterMs, operator, now, trace }: {
    after: PollCursor | undefined;
    limit: number;
    afterMs: number;
    operator: Operator;
    now: number;
    trace?: string | undefined;
  },
): Promise<BroughtForward> {
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
