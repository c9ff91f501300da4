// SPDX-License-Identifier: Apache-2.0
import { parseDueKey, selectDue } from "./due.ts";
import { isLeased, type Job, jobKey, replaceJob } from "./job.ts";
import type { JobKind } from "./kind.ts";
import { type Pause, pauseKey } from "./pause.ts";
import type { RateLimit, Turn } from "./rate_limit.ts";
import { mergeStoredRequest, type StoredRequest } from "./stored_request.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites, type Row, type Write } from "../kv/write.ts";

/** Longer than any deadline in a job, so that a live instance ends its run within its lease. */
const LEASE_MS = 30_000;

/** Each claimed job is a check, and one write has 10 at most. */
const MAX_CLAIMED = 8;

/** The jobs that were claimed. */
export interface Claim {
  readonly jobs: readonly Job[];
  /** When the next job of the kind is due. Infinity where there is none, or the kind is paused. */
  readonly nextDueAt: number;
  /** Nothing was due, so a job that is requested from now on passes nobody by. */
  readonly isCaughtUp: boolean;
}

interface ClaimOptions {
  readonly kind: JobKind;
  readonly now: () => number;
  readonly limit: number;
  readonly rateLimit?: RateLimit | undefined;
}

/** A key in the order of due times: a job's own, or a stored request for it. */
interface DueRow {
  readonly key: Deno.KvKey;
  readonly dueAt: number;
  readonly request: StoredRequest | null;
}

/**
 * Claims the jobs of a kind that have been due longest: up to `limit`, all in one write.
 *
 * A claim moves a job's due time to the end of its lease: if the instance dies, the job is due again
 * by then (of some kinds later), and nothing has to look for dead instances. Under a rate limit one job is claimed at a
 * time, and its turn is taken in the same write, so that no turn is wasted.
 */
export async function claimJobs(store: Store, options: ClaimOptions): Promise<Claim> {
  const { kind, now, rateLimit } = options;
  for (;;) {
    const rows = await store.list<StoredRequest>(selectDue(kind), { limit: MAX_CLAIMED + 1 });
    const { due, nextDueAt } = groupDue(rows, { now: now(), maxJobs: maxJobs(options) });
    if (due.size === 0) {
      if (rateLimit !== undefined) rateLimit.observe(await store.get<Turn>(rateLimit.key));
      return { jobs: [], nextDueAt, isCaughtUp: true };
    }
    const claim = await claimThese(store, { due, ...options });
    // Otherwise another instance claimed or requested one of them first. There may be other jobs.
    if (claim !== undefined) return claim;
  }
}

/**
 * Claims those of these jobs that are due, without a look at the queue: one round trip less. The
 * caller makes sure that this passes by nobody who has been due longer. Undefined where there is no
 * such job, or another instance was faster.
 */
export async function claimWritten(
  store: Store,
  { ids, ...options }: ClaimOptions & { ids: readonly string[] },
): Promise<Claim | undefined> {
  const due = new Map(ids.slice(0, maxJobs(options)).map((id) => [id, []]));
  return await claimThese(store, { due, ...options });
}

function maxJobs({ limit, rateLimit }: ClaimOptions): number {
  return rateLimit === undefined ? Math.min(limit, MAX_CLAIMED) : 1;
}

/** One read and one write. Undefined where nothing was claimed and another look may find more. */
async function claimThese(
  store: Store,
  { due, kind, now, rateLimit }: ClaimOptions & {
    due: ReadonlyMap<string, readonly DueRow[]>;
  },
): Promise<Claim | undefined> {
  const { found, pause, turn } = await readRows(store, { kind, ids: [...due.keys()], rateLimit });
  if (pause !== null) return { jobs: [], nextDueAt: Infinity, isCaughtUp: false };
  const changes = found.map(({ id, row }) =>
    claimOne(row, { kind, id, due: due.get(id) ?? [], now: now() })
  );
  const jobs = changes.flatMap(({ job }) => job === undefined ? [] : [job]);
  if (jobs.length > 0 && turn !== undefined && turn.waitMs > 0) {
    return { jobs: [], nextDueAt: now() + turn.waitMs, isCaughtUp: false };
  }
  const acquired = jobs.length > 0 ? turn?.write ?? {} : {};
  const write = mergeWrites(...changes.map(({ write }) => write), acquired);
  const isEmpty = write.deletes?.length === 0 && write.sets?.length === 0;
  const isOurs = !isEmpty && await store.commit(write);
  if (!isOurs || jobs.length === 0) return undefined;
  turn?.confirm();
  return { jobs, nextDueAt: now(), isCaughtUp: false };
}

/** The due rows of up to `maxJobs` jobs, the oldest first: a job can have requests beside its own. */
function groupDue(
  rows: readonly Row<StoredRequest>[],
  { now, maxJobs }: { now: number; maxJobs: number },
): { due: ReadonlyMap<string, readonly DueRow[]>; nextDueAt: number } {
  const groups = new Map<string, DueRow[]>();
  for (const { key, value: request } of rows) {
    const parsed = parseDueKey(key);
    if (parsed === undefined) continue;
    const { id, dueAt } = parsed;
    if (dueAt > now) return { due: groups, nextDueAt: dueAt };
    const group = groups.get(id);
    if (group !== undefined) group.push({ key, dueAt, request });
    else if (groups.size < maxJobs) groups.set(id, [{ key, dueAt, request }]);
  }
  return { due: groups, nextDueAt: Infinity };
}

/** Reads the jobs, whether the kind is paused, and the last turn of a rate limit, in one round trip. */
async function readRows(
  store: Store,
  { kind, ids, rateLimit }: {
    kind: JobKind;
    ids: readonly string[];
    rateLimit: RateLimit | undefined;
  },
): Promise<{
  found: { id: string; row: Row<Job> }[];
  pause: Pause | null;
  turn?: ReturnType<RateLimit["acquire"]>;
}> {
  const keys = [...ids.map((id) => jobKey(kind, id)), pauseKey(kind)];
  const rows = await store.getMany<(Job | Pause | Turn)[]>(
    rateLimit === undefined ? keys : [...keys, rateLimit.key],
  );
  // The rows come in the order of their keys.
  const found = ids.map((id, index) => ({ id, row: rows[index] as Row<Job> }));
  const pause = (rows[ids.length] as Row<Pause>).value;
  if (rateLimit === undefined) return { found, pause };
  return { found, pause, turn: rateLimit.acquire(rows[ids.length + 1] as Row<Turn>) };
}

/** What to write for one job, and the leased job if this claims it. */
function claimOne(
  row: Row<Job>,
  { kind, id, due, now }: { kind: JobKind; id: string; due: readonly DueRow[]; now: number },
): { write: Write; job?: Job } {
  let job = row.value;
  for (const { dueAt, request } of due) {
    if (request !== null) job = mergeStoredRequest(job, request, { kind, id, dueAt, now });
  }
  const deletes = due.map(({ key }) => key);
  // The due row is a leftover: only the job's own row counts.
  if (job === null || (job === row.value && job.dueAt > now)) {
    return { write: { checks: [row], deletes } };
  }
  if (isLeased(job, now) || job.dueAt > now) {
    // The run that holds the job sees the nudge at its end. A failing job keeps its delay.
    return { write: mergeWrites({ deletes }, replaceJob(row, job)) };
  }
  const leased = {
    ...job,
    leaseId: crypto.randomUUID(),
    isNudged: false,
    lastRunAt: now,
    dueAt: now + LEASE_MS + kind.takeOverDelayMs,
  };
  // Only one instance can replace the row that several have read.
  return { write: mergeWrites({ deletes }, replaceJob(row, leased)), job: leased };
}
