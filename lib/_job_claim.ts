import { type Job, type JobKind, readJob, replaceJob } from "./jobs.ts";
import type { Store } from "./store.ts";

/** Longer than any deadline in a job, so that a live instance keeps its lease. */
const LEASE_MS = 30_000;

/** How many due rows are looked at for one that can be had. */
const BATCH = 10;

/** A leased job of some kind, with its data told apart by it. */
export type ClaimedJob = { [Kind in JobKind]: Job<Kind> }[JobKind];

/**
 * Claims the job of a kind that is due longest, or tells when the next one will be.
 *
 * A claim moves the job's due time to the end of its lease: if the instance dies, the job is due
 * again by then, and nothing has to look for dead instances.
 */
export async function claimJob(
  store: Store,
  { kind, now }: { kind: JobKind; now: () => number },
): Promise<{ job: ClaimedJob; nextDueAt?: never } | { job?: never; nextDueAt: number }> {
  for (;;) {
    const due = await store.list<null>({ prefix: ["due", kind] }, { limit: BATCH });
    // Whoever was faster has claimed the job, or asked for it once more: then it is still to be had.
    let isOvertaken = false;
    let nextDueAt = Infinity;
    for (const { key } of due) {
      const dueAt = Number(key[2]);
      const id = String(key[3]);
      if (dueAt > now()) {
        nextDueAt = dueAt;
        break;
      }
      const row = await readJob(store, { kind, id });
      if (row.value?.dueAt !== dueAt) {
        // Left over from a change that we do not know of: the job's own row counts.
        await store.commit({ checks: [row], deletes: [key] });
        continue;
      }
      const leased = {
        ...row.value,
        leaseId: crypto.randomUUID(),
        isNudged: false,
        lastRunAt: now(),
        dueAt: now() + LEASE_MS,
      };
      // Only one instance can replace the row that both have read.
      if (await store.commit(replaceJob(row, leased))) return { job: toClaimed(leased) };
      isOvertaken = true;
    }
    const isAll = due.length < BATCH || nextDueAt < Infinity;
    if (isAll && !isOvertaken) return { nextDueAt };
  }
}

/** A job's kind tells its data: they are always written together. */
function toClaimed(job: Job): ClaimedJob {
  return job as ClaimedJob;
}
