// SPDX-License-Identifier: Apache-2.0
import type { JobKind } from "./kind.ts";
import type { Row, Write } from "../kv/write.ts";

/** The row that all instances share: the last turn. It has no time, because clocks differ. */
export interface Turn {
  readonly v: 1;
  /** Tells an instance which turns were its own. */
  readonly id: string;
}

/** Limits how many jobs of a kind all instances start per second. Each job takes a turn in KV. */
export interface RateLimit {
  /** The key of the last turn, to be read together with the job. */
  readonly key: Deno.KvKey;
  /**
   * How long to wait for the next turn. At 0, the write that takes it, to be merged into the claim;
   * `confirm` is to be called as soon as that is committed.
   */
  acquire(last: Row<Turn>): {
    readonly waitMs: number;
    readonly write: Write;
    readonly confirm: () => void;
  };
  /** Looks at the last turn while there is nothing to do, so that the next job need not wait. */
  observe(last: Row<Turn>): void;
}

/**
 * Creates the rate limit of a kind of job.
 *
 * No two clocks are compared. An instance knows when its own turns were. From another instance's
 * turn it waits for a whole interval since it saw that turn, on its own monotonic clock; what it has
 * seen, it recognizes by the versionstamp. It saw the turn after it was taken, so two turns are never
 * closer to each other than an interval.
 */
export function createRateLimit(
  { kind, monotonic, perSecond }: {
    kind: JobKind;
    /** Milliseconds of a clock that is never set. */
    monotonic: () => number;
    perSecond: number;
  },
): RateLimit {
  const intervalMs = 1000 / perSecond;
  const key = ["rate_limit", kind.name];
  let own: { readonly id: string; readonly at: number } | undefined;
  let seen: { readonly versionstamp: string | null; readonly at: number } | undefined;

  /** When the last turn was at the latest. */
  function timeOf({ value, versionstamp }: Row<Turn>): number {
    if (value === null) return -Infinity;
    if (value.id === own?.id) return own.at;
    if (versionstamp !== seen?.versionstamp) seen = { versionstamp, at: monotonic() };
    return seen.at;
  }

  return {
    key,
    acquire(last) {
      const earliest = timeOf(last) + intervalMs;
      const waitMs = Math.max(0, Math.ceil(earliest - monotonic()));
      if (waitMs > 0) return { waitMs, write: {}, confirm() {} };
      const id = crypto.randomUUID();
      const value: Turn = { v: 1, id };
      return {
        waitMs,
        write: { checks: [last], sets: [{ key, value }] },
        confirm() {
          const at = monotonic();
          // While there is always work, turns come late by a timer and some calls of KV. Up to half
          // an interval of that is credited to the next turn, or they would lower the rate.
          const isBusy = at - earliest < intervalMs;
          own = { id, at: isBusy ? Math.max(earliest, at - intervalMs / 2) : at };
        },
      };
    },
    observe: (last) => void timeOf(last),
  };
}
