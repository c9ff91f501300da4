// SPDX-License-Identifier: Apache-2.0
import type { JobKind } from "./kind.ts";

/** It opens after so many failures in a row, */
const FAILURES_IN_A_ROW = 5;
/** or after so many of the last outcomes. */
const FAILURES_OF_RECENT = 11;
const RECENT = 20;

/** While it is open, one job in this time is a probe. */
export const PROBE_EVERY_MS = 60_000;

/**
 * Stops jobs whose tries cost money while most of them fail. All instances share its row, which
 * exists only while one of the last outcomes is a failure.
 */
export interface Breaker {
  readonly v: 1;
  /** The last outcomes, the newest last. True: failed. */
  readonly failed: readonly boolean[];
  /** Null while it is closed. */
  readonly openedAt: number | null;
  /** When the next job may be tried. Counts only while it is open. */
  readonly nextProbeAt: number;
}

export function breakerKey({ name }: Pick<JobKind, "name">): Deno.KvKey {
  return ["breaker", name];
}

export function isOpen(breaker: Breaker | null): breaker is Breaker {
  return breaker !== null && breaker.openedAt !== null;
}

/** The breaker after a job's outcome. Null: nothing is left to remember. A success closes it. */
export function noteOutcome(
  breaker: Breaker | null,
  { isFailed, now }: { isFailed: boolean; now: number },
): Breaker | null {
  if (!isFailed && isOpen(breaker)) return null;
  const failed = [...breaker?.failed ?? [], isFailed].slice(-RECENT);
  if (!failed.includes(true)) return null;
  const isOpening = !isOpen(breaker) && mustOpen(failed);
  return {
    v: 1,
    failed,
    openedAt: isOpening ? now : breaker?.openedAt ?? null,
    nextProbeAt: isOpening ? now + PROBE_EVERY_MS : breaker?.nextProbeAt ?? now,
  };
}

/**
 * The breaker after the probe is taken. Undefined: it is not time for one. With `laterMs`, the job
 * leaves the probe to others for so long.
 */
export function takeProbe(
  breaker: Breaker,
  { now, laterMs = 0 }: { now: number; laterMs?: number },
): Breaker | undefined {
  const dueAt = breaker.nextProbeAt + laterMs;
  // A later time than a probe can be away was written by a clock that was ahead.
  const isTooSoon = dueAt > now && dueAt <= now + PROBE_EVERY_MS + laterMs;
  return isTooSoon ? undefined : { ...breaker, nextProbeAt: now + PROBE_EVERY_MS };
}

function mustOpen(failed: readonly boolean[]): boolean {
  const lastOnes = failed.slice(-FAILURES_IN_A_ROW);
  return (lastOnes.length === FAILURES_IN_A_ROW && !lastOnes.includes(false)) ||
    failed.filter(Boolean).length >= FAILURES_OF_RECENT;
}
