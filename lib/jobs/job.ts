// SPDX-License-Identifier: Apache-2.0
import { dueKey } from "./due.ts";
import { type Failing, listAsFailing } from "./failing.ts";
import type { JobKind } from "./kind.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites, type Row, type Sum, type Write } from "../kv/write.ts";

/** A job's row. The job is done when the row is gone. */
export interface Job<Data = unknown> {
  readonly v: 1;
  /** The name of its {@linkcode JobKind}. */
  readonly kind: string;
  readonly id: string;
  readonly data: Data;
  /** When the job is due. While it is leased, when another run may take it over. */
  readonly dueAt: number;
  /** Identifies the run that holds the lease. Null while nothing does. */
  readonly leaseId: string | null;
  /** The job was requested again during its run, so it runs once more. */
  readonly isNudged: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Those of them that no retry is likely to mend. */
  readonly lastingFailures: number;
  readonly firstFailedAt: number | null;
  /** Why its last run failed. Null after a run that did not fail. */
  readonly failing: Failing | null;
  readonly lastRunAt: number | null;
  /** When the job was first requested. */
  readonly createdAt: number;
  /** The span that requested the job, as `traceparent`. Only while traces are collected. */
  readonly trace?: string;
}

/** A request for a job, whether there is one already or not. */
export interface JobRequest<Data> {
  readonly kind: JobKind<Data>;
  readonly id: string;
  readonly data: Data;
  /** When the job should run at the latest. */
  readonly dueAt: number;
  readonly now: number;
  /** The span that requests it. */
  readonly trace?: string | undefined;
}

/** A failing job is not brought forward more often than this, however often it is requested. */
const NUDGE_GAP_MS = 5_000;

export function jobKey(kind: Pick<JobKind, "name">, id: string): Deno.KvKey {
  return [...jobPrefix(kind), id];
}

/** The prefix of the jobs of a kind. */
export function jobPrefix({ name }: Pick<JobKind, "name">): Deno.KvKey {
  return ["job", name];
}

/** The key of the sum of all jobs of a kind. */
export function jobCountKey({ name }: Pick<JobKind, "name">): Deno.KvKey {
  return ["job_count", name];
}

/** Below zero where the sum is younger than the jobs. That reads as 0. */
export function parseJobCount(sum: Sum | null): number {
  return Math.max(0, Number(BigInt.asIntN(64, sum?.value ?? 0n)));
}

export async function readJob<Data>(
  store: Store,
  { kind, id }: { kind: JobKind<Data>; id: string },
): Promise<Row<Job<Data>>> {
  return await store.get<Job<Data>>(jobKey(kind, id));
}

/**
 * Requests a job by `dueAt` at the latest.
 *
 * One that runs at this moment runs again afterwards, because what it read may be out of date. One
 * that keeps failing is brought forward, but not faster than every five seconds, and not ahead of
 * the jobs that are due now.
 */
export function requestJob<Data>(row: Row<Job<Data>>, request: JobRequest<Data>): Write {
  return replaceJob(row, mergeRequest(row.value, request));
}

/** The job that a request makes of the existing one. */
export function mergeRequest<Data>(
  job: Job<Data> | null,
  { kind, id, data, dueAt, now, trace }: JobRequest<Data>,
): Job<Data> {
  const traced = trace === undefined ? {} : { trace };
  if (job === null) return { ...createJob(kind, { id, data, dueAt, now }), ...traced };
  const merged = { ...job, data: kind.mergeData(job.data, data), ...traced };
  if (isLeased(job, now)) return { ...merged, isNudged: true };
  // Requests can be due in the past, to go ahead of the queue. A failing job must not.
  const earliest = job.failures === 0 ? dueAt : Math.max(now, (job.lastRunAt ?? 0) + NUDGE_GAP_MS);
  const nextDueAt = Math.min(job.dueAt, Math.max(dueAt, earliest));
  return { ...merged, dueAt: nextDueAt, leaseId: null };
}

/** Brings an existing job forward as it is. Writes nothing where there is none. */
export function bringForward<Data>(
  row: Row<Job<Data>>,
  { kind, ...options }: Omit<JobRequest<Data>, "id" | "data">,
): Write {
  if (row.value === null) return {};
  const { id, data } = row.value;
  return requestJob(row, { kind, id, data, ...options });
}

/** Whether a run holds the job at this moment. */
export function isLeased({ leaseId, dueAt }: Pick<Job, "leaseId" | "dueAt">, now: number): boolean {
  return leaseId !== null && dueAt > now;
}

/** Replaces the row that was read, or creates it. */
export function replaceJob(row: Row<Job>, next: Job): Write {
  const kind = { name: next.kind };
  const key = jobKey(kind, next.id);
  const isMoved = row.value !== null && row.value.dueAt !== next.dueAt;
  const change = { id: next.id, before: row.value?.failing ?? null, after: next.failing };
  return mergeWrites({
    checks: [{ key, versionstamp: row.versionstamp }],
    deletes: isMoved && row.value !== null ? [dueKey(kind, row.value)] : [],
    sets: [{ key, value: next }, { key: dueKey(kind, next), value: null }],
    // The check lets only one write create the job, so it is counted once.
    sums: row.value === null ? [{ key: jobCountKey(kind), amount: 1 }] : [],
  }, listAsFailing(kind, change));
}

/** Deletes a job. Writes nothing where there is none. */
export function deleteJob(row: Row<Job>): Write {
  const { value: job, versionstamp } = row;
  if (job === null) return {};
  const kind = { name: job.kind };
  const key = jobKey(kind, job.id);
  return mergeWrites({
    checks: [{ key, versionstamp }],
    deletes: [key, dueKey(kind, job)],
    sums: [{ key: jobCountKey(kind), amount: -1 }],
  }, listAsFailing(kind, { id: job.id, before: job.failing, after: null }));
}

function createJob<Data>(
  { name }: JobKind<Data>,
  { id, data, dueAt, now }: { id: string; data: Data; dueAt: number; now: number },
): Job<Data> {
  return {
    v: 1,
    kind: name,
    id,
    data,
    dueAt,
    leaseId: null,
    isNudged: false,
    failures: 0,
    lastingFailures: 0,
    firstFailedAt: null,
    failing: null,
    lastRunAt: null,
    createdAt: now,
  };
}
