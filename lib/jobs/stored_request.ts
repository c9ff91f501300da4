import { dueKey } from "./due.ts";
import { type Job, mergeRequest } from "./job.ts";
import type { JobKind } from "./kind.ts";
import type { Write } from "../kv/write.ts";

/**
 * A request for a job that was stored without reading the job first. It is the value of a key in the
 * order of due times, until a claim merges it into the job.
 */
export interface StoredRequest<Data = unknown> {
  readonly v: 1;
  readonly data: Data;
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

/** The job that a stored request makes of the existing one. */
export function mergeStoredRequest(
  job: Job | null,
  { data, trace }: StoredRequest,
  { kind, id, dueAt, now }: { kind: JobKind; id: string; dueAt: number; now: number },
): Job {
  // A job that begins with its request is as old as the request.
  const requestedAt = job === null ? dueAt : now;
  return mergeRequest(job, { kind, id, data, dueAt, now: requestedAt, trace });
}
