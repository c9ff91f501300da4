import { bringForward, dueKey, type Job } from "./job.ts";
import type { FinalStatus } from "../verification/verdict.ts";

/**
 * A callback's wish to read its execution back, stored without a look at the job that may be there.
 * It lies in the order of due times until a claim makes it a part of that job.
 */
export interface CheckRequest {
  /** The form of the row. */
  readonly v: 1;
  /** As the callback names it. */
  readonly accountId: string;
  /** Whose create call the callback's token belongs to, where the execution is not known yet. */
  readonly expectedIdentityId?: string;
  /** The span under which it was asked for. Only where telemetry is on. */
  readonly trace?: string;
}

/** Where a wish stands in the order of due times. */
export function checkRequestKey(
  { id, dueAt, status }: { id: string; dueAt: number; status: FinalStatus },
): Deno.KvKey {
  return [...dueKey({ kind: "check", id, dueAt }), status];
}

/** The job that a wish makes of the one that there is. */
export function mergeCheckRequest(
  job: Job<"check"> | null,
  { accountId, expectedIdentityId, trace }: CheckRequest,
  { id, dueAt, now }: { id: string; dueAt: number; now: number },
): Job<"check"> {
  const data = {
    accountId,
    isCalledBack: true,
    pollAfterMs: job?.data.pollAfterMs ?? 0,
    ...(expectedIdentityId === undefined ? {} : { expectedIdentityId }),
  };
  // A job that begins with the callback is as old as that.
  const asOf = job === null ? dueAt : now;
  const next = bringForward(job, { kind: "check", id, data, dueAt, now: asOf });
  return trace === undefined ? next : { ...next, trace };
}
