// SPDX-License-Identifier: Apache-2.0
/** When a failed job is tried again, and when it is given up. */
export interface Schedule {
  /** The delay after the first failure, the second, … The last one repeats. */
  readonly delaysMs: readonly number[];
  /** How long after its first failure a job becomes a dead letter. */
  readonly giveUpAfterMs: number;
  /**
   * The delays after lasting failures, which no retry is likely to mend. One lasting failure more
   * than there are delays makes a dead letter.
   */
  readonly lastingDelaysMs: readonly number[];
  /** A longer `Retry-After` of an upstream is cut to this. */
  readonly maxRetryAfterMs?: number;
}

/** A longer `Retry-After` of an upstream is cut to this, unless the schedule says otherwise. */
const MAX_RETRY_AFTER_MS = 600_000;

/**
 * The delay before the next try. It varies by up to a fifth at random, so that jobs that failed
 * together do not come back together. Undefined when the schedule is exhausted.
 */
export function retryDelayMs(
  { delaysMs, giveUpAfterMs, lastingDelaysMs, maxRetryAfterMs = MAX_RETRY_AFTER_MS }: Schedule,
  { failures, lasting = 0, failingForMs, retryAfterMs = 0, random }: {
    /** Failures in a row, this one included. */
    failures: number;
    /** The lasting ones among them. 0 if this failure is not lasting. */
    lasting?: number;
    failingForMs: number;
    /** What the upstream asked for. */
    retryAfterMs?: number | undefined;
    random: () => number;
  },
): number | undefined {
  if (failingForMs >= giveUpAfterMs) return undefined;
  if (lasting > lastingDelaysMs.length) return undefined;
  const [delays, count] = lasting > 0 ? [lastingDelaysMs, lasting] : [delaysMs, failures];
  const planned = delays[Math.min(count, delays.length) - 1] ?? 1_000;
  const askedMs = Math.min(retryAfterMs, maxRetryAfterMs);
  // An earlier try than the upstream asked for would be refused too.
  return Math.max(askedMs, Math.round(Math.max(planned, askedMs) * (0.8 + 0.4 * random())));
}
