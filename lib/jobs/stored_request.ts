// SPDX-License-Identifier: Apache-2.0
import { dueKey } from "./due.ts";
import { isLeased, type Job, mergeRequest } from "./job.ts";
import type { JobKind } from "./kind.ts";
import type { Write } from "../kv/write.ts";

/**
 * A request for a job that was stored without reading the job first. It is the value of a key in the
 * order of due times, until a claim merges it into the job.
 */
export interface StoredRequest<Data = unknown> {
  readonly v: 1;
  /** Missing in a nudge: it brings a job forward, if there is one. */
  readonly data?: Data;
  /** The span that requested the job, as `traceparent`. Only while traces are collected. */
  readonly trace?: string;
}

/** Stores a request. Two with the same `suffix`, job and time are one. */
export function storeRequest<Data>(
  kind: JobKind<Data>,
  { id, data, dueAt, suffix, trace }: {
    id: string;
    data: Data;
    dueAt: number;
    suffix: string;
    trace?: string | undefined;
  },
): Write {
  const value: StoredRequest<Data> = { v: 1, data, ...(trace === undefined ? {} : { trace }) };
  return { sets: [{ key: dueKey(kind, { id, dueAt, suffix }), value }] };
}

/** Withdraws a request that no claim has merged yet. Changes nothing where there is none. */
export function withdrawRequest<Data>(
  kind: JobKind<Data>,
  request: { id: string; dueAt: number; suffix: string },
): Write {
  return { deletes: [dueKey(kind, request)] };
}

/**
 * Stores a nudge, which brings a job forward to `dueAt` without reading it first. It changes nothing
 * if there is no such job, if the job runs at that time, or if it fails: then its own schedule counts.
 */
export function storeNudge<Data>(
  kind: JobKind<Data>,
  { id, dueAt }: { id: string; dueAt: number },
): Write {
  const value: StoredRequest<Data> = { v: 1 };
  return { sets: [{ key: dueKey(kind, { id, dueAt, suffix: "nudge" }), value }] };
}

/** The job that a stored request makes of the existing one. Null where there is none after it. */
export function mergeStoredRequest(
  job: Job | null,
  { data, trace }: StoredRequest,
  { kind, id, dueAt, now }: { kind: JobKind; id: string; dueAt: number; now: number },
): Job | null {
  if (data === undefined) return job === null ? null : nudge(job, { dueAt, now });
  // A job that begins with its request is as old as the request.
  const requestedAt = job === null ? dueAt : now;
  return mergeRequest(job, { kind, id, data, dueAt, now: requestedAt, trace });
}

function nudge(job: Job, { dueAt, now }: { dueAt: number; now: number }): Job {
  const isWaiting = job.failures === 0 && job.dueAt > dueAt && !isLeased(job, now);
  return isWaiting ? { ...job, dueAt, leaseId: null } : job;
}
