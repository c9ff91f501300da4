import { isLeased, type Job, jobKey, type JobKind, replaceJob } from "./job.ts";
import type { RateLimit, Slot } from "./rate_limit.ts";
import { type CheckRequest, mergeCheckRequest } from "./check_request.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites, type Row, type Write } from "../kv/write.ts";

/** Longer than any deadline in a job, so that a live instance keeps its lease. */
const LEASE_MS = 30_000;

/** How many are claimed at once at most: each is a check in one write, and a write has 10. */
const BATCH = 8;

/** A leased job of some kind, with its data told apart by it. */
export type ClaimedJob = { [Kind in JobKind]: Job<Kind> }[JobKind];

/** What a claim came to: without a job, how long there will be none. */
export interface Claim {
  readonly jobs: readonly ClaimedJob[];
  /** Milliseconds since the epoch. */
  readonly nextDueAt: number;
}

/**
 * Claims the jobs of a kind that are due longest, as many as `limit` says, all or none of them.
 *
 * A claim moves a job's due time to the end of its lease: if the instance dies, the job is due again
 * by then, and nothing has to look for dead instances. With a rateLimit there is one job, and its slot is
 * taken in the same write, so that none is taken for nothing.
 */
export async function claimJobs(
  store: Store,
  { kind, now, limit, rateLimit }: {
    kind: JobKind;
    now: () => number;
    limit: number;
    rateLimit?: RateLimit | undefined;
  },
): Promise<Claim> {
  const most = rateLimit === undefined ? Math.min(limit, BATCH) : 1;
  for (;;) {
    const rows = await store.list<CheckRequest>({ prefix: ["due", kind] }, { limit: BATCH + 1 });
    const isDue = ({ key }: Row<CheckRequest>) => Number(key[2]) <= now();
    const due = groupById(rows.filter(isDue), { limit: most });
    const later = rows.find((row) => !isDue(row));
    if (due.size === 0) {
      return { jobs: [], nextDueAt: later === undefined ? Infinity : Number(later.key[2]) };
    }
    const { found, slot } = await readRows(store, { kind, ids: [...due.keys()], rateLimit });
    const changes = found.map(({ id, row }) =>
      claimOne(row, { id, due: due.get(id) ?? [], now: now() })
    );
    const jobs = changes.flatMap(({ job }) => job === undefined ? [] : [toClaimed(job)]);
    if (jobs.length > 0 && slot !== undefined && slot.waitMs > 0) {
      return { jobs: [], nextDueAt: now() + slot.waitMs };
    }
    const taken = jobs.length > 0 ? slot?.write ?? {} : {};
    const isOurs = await store.commit(mergeWrites(...changes.map(({ write }) => write), taken));
    // Whoever was faster has claimed one of them, or asked for it once more: there may be others.
    if (isOurs && jobs.length > 0) return { jobs, nextDueAt: now() };
  }
}

/** The rows of the due times, the oldest first: a job may have its own and some wishes. */
function groupById(
  rows: readonly Row<CheckRequest>[],
  { limit }: { limit: number },
): Map<string, Row<CheckRequest>[]> {
  const groups = new Map<string, Row<CheckRequest>[]>();
  for (const row of rows) {
    const id = String(row.key[3]);
    const group = groups.get(id);
    if (group !== undefined) group.push(row);
    else if (groups.size < limit) groups.set(id, [row]);
  }
  return groups;
}

/** The jobs, and for a start the slot that it needs, in one round trip. */
async function readRows(
  store: Store,
  { kind, ids, rateLimit }: {
    kind: JobKind;
    ids: readonly string[];
    rateLimit: RateLimit | undefined;
  },
): Promise<{ found: { id: string; row: Row<Job> }[]; slot?: ReturnType<RateLimit["acquire"]> }> {
  const keys = ids.map((id) => jobKey(kind, id));
  const rows = await store.getMany<(Job | Slot)[]>(
    rateLimit === undefined ? keys : [...keys, rateLimit.key],
  );
  // The rows come in the order of their keys.
  const found = ids.map((id, index) => ({ id, row: rows[index] as Row<Job> }));
  if (rateLimit === undefined) return { found };
  return { found, slot: rateLimit.acquire(rows[ids.length] as Row<Slot>) };
}

/** What is to be written of one job, and the job where it is ours then. */
function claimOne(
  row: Row<Job>,
  { id, due, now }: { id: string; due: readonly Row<CheckRequest>[]; now: number },
): { write: Write; job?: Job } {
  let job = row.value;
  for (const { key, value: request } of due) {
    if (request === null) continue;
    job = mergeCheckRequest(toRead(job), request, { id, dueAt: Number(key[2]), now });
  }
  const deletes = due.map(({ key }) => key);
  // Left over from a change that we do not know of: the job's own row counts.
  if (job === null || (job === row.value && job.dueAt > now)) {
    return { write: { checks: [row], deletes } };
  }
  if (isLeased(job, now) || job.dueAt > now) {
    // Whoever is at work on it looks again at its end; one that fails keeps its pause.
    return { write: mergeWrites({ deletes }, replaceJob(row, job)) };
  }
  const leased = {
    ...job,
    leaseId: crypto.randomUUID(),
    isNudged: false,
    lastRunAt: now,
    dueAt: now + LEASE_MS,
  };
  // Only one instance can replace the row that both have read.
  return { write: mergeWrites({ deletes }, replaceJob(row, leased)), job: leased };
}

/** Nothing but a read is asked for by such a row. */
function toRead(job: Job | null): Job<"check"> | null {
  return job as Job<"check"> | null;
}

/** A job's kind tells its data: they are always written together. */
function toClaimed(job: Job): ClaimedJob {
  return job as ClaimedJob;
}
