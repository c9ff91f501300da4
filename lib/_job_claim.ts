import { isLeased, type Job, jobKey, type JobKind, replaceJob } from "./jobs.ts";
import type { Pace, Turn } from "./pace.ts";
import { type ReadRequest, takeReadRequest } from "./read_request.ts";
import { mergeWrites, type Row, type Store } from "./store.ts";

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
 * again by then, and nothing has to look for dead instances. A turn of the pace is taken in the same
 * write, so that none is taken for nothing.
 */
export async function claimJob(
  store: Store,
  { kind, now, pace }: { kind: JobKind; now: () => number; pace?: Pace | undefined },
): Promise<{ job: ClaimedJob; nextDueAt?: never } | { job?: never; nextDueAt: number }> {
  for (;;) {
    const due = await store.list<ReadRequest>({ prefix: ["due", kind] }, { limit: BATCH });
    let looksAgain = false;
    let nextDueAt = Infinity;
    for (const { key, value: request } of due) {
      const dueAt = Number(key[2]);
      const id = String(key[3]);
      if (dueAt > now()) {
        nextDueAt = dueAt;
        break;
      }
      const { row, turn } = await readWithTurn(store, { key: jobKey(kind, id), pace });
      const job = request === null
        ? row.value
        : takeReadRequest(toRead(row.value), request, { id, dueAt, now: now() });
      if (job === null || (request === null && job.dueAt !== dueAt)) {
        // Left over from a change that we do not know of: the job's own row counts.
        await store.commit({ checks: [row], deletes: [key] });
        continue;
      }
      if (isLeased(job, now()) || job.dueAt > now()) {
        // Whoever is at work on it looks again at its end; one that fails keeps its pause.
        await store.commit(mergeWrites(replaceJob(row, job), { deletes: [key] }));
        looksAgain = true;
        continue;
      }
      if (turn !== undefined && turn.waitMs > 0) return { nextDueAt: now() + turn.waitMs };
      const leased = {
        ...job,
        leaseId: crypto.randomUUID(),
        isNudged: false,
        lastRunAt: now(),
        dueAt: now() + LEASE_MS,
      };
      // Only one instance can replace the row that both have read.
      const claim = mergeWrites({ deletes: [key] }, replaceJob(row, leased), turn?.write ?? {});
      if (await store.commit(claim)) return { job: toClaimed(leased) };
      // Whoever was faster has claimed the job, or asked for it once more: it may still be to be had.
      looksAgain = true;
    }
    const isAll = due.length < BATCH || nextDueAt < Infinity;
    if (isAll && !looksAgain) return { nextDueAt };
  }
}

/** The job, and for a start the turn that it needs, in one round trip. */
async function readWithTurn(
  store: Store,
  { key, pace }: { key: Deno.KvKey; pace: Pace | undefined },
): Promise<{ row: Row<Job>; turn?: ReturnType<Pace["take"]> }> {
  if (pace === undefined) return { row: await store.get<Job>(key) };
  const [row, turn] = await store.getMany<[Job, Turn]>([key, pace.key]);
  return { row, turn: pace.take(turn) };
}

/** Nothing but a read is asked for by such a row. */
function toRead(job: Job | null): Job<"read"> | null {
  return job as Job<"read"> | null;
}

/** A job's kind tells its data: they are always written together. */
function toClaimed(job: Job): ClaimedJob {
  return job as ClaimedJob;
}
