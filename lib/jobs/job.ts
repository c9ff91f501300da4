import type { Store } from "../kv/store.ts";
import type { Row, Sum, Write } from "../kv/write.ts";

/**
 * The work that there is: `start` an execution at Jumio and `write` an identity, both named by the
 * identity id; `read` an execution back, named by its id; `erase` what is kept of an identity.
 */
export const JOB_KINDS = ["start", "check", "publish", "erase"] as const;

export type JobKind = typeof JOB_KINDS[number];

/** What a kind of job keeps beside its name. */
export interface JobData {
  /** Asks Jumio for an execution. */
  readonly start: {
    /** The execution that a new one takes the place of, on the same account. */
    readonly replaces?: string;
    /** The language of the person who asked. */
    readonly locale?: string;
  };
  /** Reads an execution back. */
  readonly check: {
    /** From our record of the execution, or for one we do not know from its callback. */
    readonly accountId: string;
    /** A callback said that there is something to read; without one this is a poll. */
    readonly isCalledBack: boolean;
    /** The wait before the next poll. Each is twice the one before. */
    readonly pollAfterMs: number;
    /** Whose create call the callback's token belongs to, where the execution is not known yet. */
    readonly expectedIdentityId?: string;
  };
  /** Writes our record on the identity. */
  readonly publish: {
    /** The identity was written a minute ago: only look whether it is still so. */
    readonly isConfirmation: boolean;
  };
  /** Deletes what is kept of an identity. */
  readonly erase: {
    /** Jumio's accounts that are left to delete: those that we knew of. */
    readonly accountIds: readonly string[];
    /** What stays on the identity. Null where we had no record: then what it says itself. */
    readonly left: {
      readonly status: string;
      readonly verdict: string | null;
      readonly initiatedAt: number | null;
      readonly decidedAt: number | null;
    } | null;
    /** The identity was written a minute ago: only look whether it is still so. */
    readonly isConfirmation: boolean;
  };
}

/** A wish for a job. Times in milliseconds since the epoch. */
export interface JobRequest<Kind extends JobKind> {
  /** Which handler is to work on it. */
  readonly kind: Kind;
  /** The identity, or for a read the execution. */
  readonly id: string;
  /** What its handler needs beside the id. */
  readonly data: JobData[Kind];
  /** When it should run at the latest. */
  readonly dueAt: number;
  /** When it is asked for. */
  readonly now: number;
}

/** A row of work. It is done when it is gone. */
export interface Job<Kind extends JobKind = JobKind> {
  /** The form of the row. */
  readonly v: 1;
  /** Which handler works on it. */
  readonly kind: Kind;
  /** The identity, or for a read the execution. */
  readonly id: string;
  /** What its handler needs beside the id. */
  readonly data: JobData[Kind];
  /** When it is due, in milliseconds since the epoch; while it is leased, when the lease ends. */
  readonly dueAt: number;
  /** Who has it now. Null while nobody does. */
  readonly leaseId: string | null;
  /** Somebody asked for another run while this one was under way. */
  readonly isNudged: boolean;
  /** How often in a row it has failed. */
  readonly failures: number;
  /** When the first of these was. */
  readonly firstFailedAt: number | null;
  /** When it last ran, for better or worse. */
  readonly lastRunAt: number | null;
  /** When it was first asked for. */
  readonly createdAt: number;
  /** The span under which it was asked for. Only where telemetry is on. */
  readonly trace?: string;
}

/** A job that fails is not brought forward more often than this, however many ask for it. */
const NUDGE_GAP_MS = 5_000;

/** Where a job lies. */
export function jobKey(kind: JobKind, id: string): Deno.KvKey {
  return ["job", kind, id];
}

/** Where a job stands in the order of due times. The row's value is null. */
export function dueKey({ kind, id, dueAt }: Pick<Job, "kind" | "id" | "dueAt">): Deno.KvKey {
  return ["due", kind, dueAt, id];
}

/** Where the jobs of a kind are summed up: each is added as it comes, and taken off as it goes. */
export function jobCountKey(kind: JobKind): Deno.KvKey {
  return ["job_count", kind];
}

/** Reads how many jobs of a kind there are. A sum that is younger than its jobs may be below zero. */
export function parseJobCount(sum: Sum | null): number {
  return Math.max(0, Number(BigInt.asIntN(64, sum?.value ?? 0n)));
}

/** Reads a job's row. */
export async function readJob<Kind extends JobKind>(
  store: Store,
  { kind, id }: { kind: Kind; id: string },
): Promise<Row<Job<Kind>>> {
  return await store.get<Job<Kind>>(jobKey(kind, id));
}

/** Puts a changed job in the place of the one that was read, or a new one where there was none. */
export function replaceJob(row: Row<Job>, next: Job): Write {
  return {
    checks: [{ key: jobKey(next.kind, next.id), versionstamp: row.versionstamp }],
    deletes: row.value === null || row.value.dueAt === next.dueAt ? [] : [dueKey(row.value)],
    sets: [{ key: jobKey(next.kind, next.id), value: next }, { key: dueKey(next), value: null }],
    // The check lets a job come only once, so it is counted only once.
    sums: row.value === null ? [{ key: jobCountKey(next.kind), amount: 1 }] : [],
  };
}

/** Takes a job away. */
export function deleteJob(row: Row<Job>): Write {
  const { value: job, versionstamp } = row;
  if (job === null) return {};
  const key = jobKey(job.kind, job.id);
  return {
    checks: [{ key, versionstamp }],
    deletes: [key, dueKey(job)],
    sums: [{ key: jobCountKey(job.kind), amount: -1 }],
  };
}

/**
 * Asks for a job by `dueAt` at the latest, whether there is one already or not.
 *
 * One that runs at this moment is marked, so that it runs again: what it has read may be too old.
 * One that keeps failing is brought forward, but not so often that it becomes a storm.
 */
export function requestJob<Kind extends JobKind>(
  row: Row<Job<Kind>>,
  request: JobRequest<Kind>,
): Write {
  return replaceJob(row, bringForward(row.value, request));
}

/** The job that {@linkcode requestJob} makes of the one that there is. */
export function bringForward<Kind extends JobKind>(
  job: Job<Kind> | null,
  { kind, id, data, dueAt, now }: JobRequest<Kind>,
): Job<Kind> {
  if (job === null) return createJob(kind, { id, data, dueAt, now });
  if (isLeased(job, now)) return { ...job, data, isNudged: true };
  const earliest = job.failures === 0 ? 0 : (job.lastRunAt ?? 0) + NUDGE_GAP_MS;
  const nextDueAt = Math.min(job.dueAt, earliest > now ? Math.max(dueAt, earliest) : dueAt);
  return { ...job, data, dueAt: nextDueAt, leaseId: null };
}

/** Whether an instance is at work on it. */
export function isLeased({ leaseId, dueAt }: Job, now: number): boolean {
  return leaseId !== null && dueAt > now;
}

/** Reads a job and asks for it, in one part of a write. */
export async function requestJobFrom<Kind extends JobKind>(
  store: Store,
  options: JobRequest<Kind>,
): Promise<Write> {
  return requestJob(await readJob(store, options), options);
}

function createJob<Kind extends JobKind>(
  kind: Kind,
  { id, data, dueAt, now }: { id: string; data: JobData[Kind]; dueAt: number; now: number },
): Job<Kind> {
  return {
    v: 1,
    kind,
    id,
    data,
    dueAt,
    leaseId: null,
    isNudged: false,
    failures: 0,
    firstFailedAt: null,
    lastRunAt: null,
    createdAt: now,
  };
}
