import type { UpstreamError } from "../upstream/error.ts";

/** When a job that failed is due again, and when it is given up. */
export interface Schedule {
  /** The wait after the first failure, the second, … The last one repeats. */
  readonly delaysMs: readonly number[];
  /** How long after its first failure a job becomes a dead letter. */
  readonly giveUpAfterMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/**
 * Jumio's own schedule for reading back is at 40, 60, 100, 160, 240, 340, 460, 600, 760 and 940
 * seconds. PROCESSED may come a moment before the details can be read, so the first tries are
 * sooner; and a Jumio that is down for hours must not make work for a person, so it goes on.
 */
export const CHECK_SCHEDULE: Schedule = {
  delaysMs: [1, 2, 4, 8, 25, 20, 40, 60, 80, 100, 120, 140, 160, 180, 600, 1800, 3600]
    .map((s) => s * SECOND),
  giveUpAfterMs: DAY,
};

/** A start is tried until it works: a person waits for it, and nobody will ask for it again. */
export const START_SCHEDULE: Schedule = {
  delaysMs: [1, 2, 4, 8, 15, 30, 60, 120, 300].map((s) => s * SECOND),
  giveUpAfterMs: 2 * DAY,
};

/** Kratos is usually back within seconds; an Ory Network limit clears within a minute. */
export const PUBLISH_SCHEDULE: Schedule = {
  delaysMs: [1, 2, 4, 8, 15, 30, 60, 120, 300].map((s) => s * SECOND),
  giveUpAfterMs: DAY,
};

/** Somebody has asked to be forgotten: tried for as long as a start, since nobody asks twice. */
export const ERASE_SCHEDULE: Schedule = START_SCHEDULE;

/** An upstream that asks for more than this is asked again all the same. */
const MAX_ASKED_WAIT_MS = 10 * MINUTE;

/**
 * The wait before the next try, with up to a fifth of it taken away or added by chance so that jobs
 * which failed together do not come back together. Undefined when the schedule is used up.
 */
export function retryDelayMs(
  schedule: Schedule,
  { failures, failingForMs, retryAfterMs = 0, random }: {
    /** How often in a row the job has failed, this time included. */
    failures: number;
    failingForMs: number;
    retryAfterMs?: UpstreamError["retryAfterMs"];
    random: () => number;
  },
): number | undefined {
  if (failingForMs >= schedule.giveUpAfterMs) return undefined;
  const planned = schedule.delaysMs[Math.min(failures, schedule.delaysMs.length) - 1] ?? SECOND;
  const asked = Math.min(retryAfterMs, MAX_ASKED_WAIT_MS);
  return Math.round(Math.max(planned, asked) * (0.8 + 0.4 * random()));
}
