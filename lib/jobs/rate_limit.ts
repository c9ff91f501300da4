import type { JobKind } from "./kind.ts";
import type { Row, Write } from "../kv/write.ts";

/** The row that all instances share: when the next job of the kind may start. */
export interface Slot {
  readonly v: 1;
  readonly nextAt: number;
}

/** Limits how many jobs of a kind all instances start per second. Each job acquires a slot in KV. */
export interface RateLimit {
  /** The key of the slot, to be read together with the job. */
  readonly key: Deno.KvKey;
  /** How long to wait. At 0, the write that acquires the slot, to be merged into the claim. */
  acquire(row: Row<Slot>): { readonly waitMs: number; readonly write: Write };
}

/** Creates the rate limit of a kind of job. */
export function createRateLimit(
  { kind, now, perSecond }: { kind: JobKind; now: () => number; perSecond: number },
): RateLimit {
  const intervalMs = 1000 / perSecond;
  const key = ["rate_limit", kind.name];
  return {
    key,
    acquire(row) {
      const at = now();
      const waitMs = (row.value?.nextAt ?? 0) - at;
      // A longer wait means that a clock was set back. It must not stop the queue until it catches up.
      if (waitMs > 0 && waitMs <= intervalMs) return { waitMs: Math.ceil(waitMs), write: {} };
      const slot: Slot = { v: 1, nextAt: at + intervalMs };
      return { waitMs: 0, write: { checks: [row], sets: [{ key, value: slot }] } };
    },
  };
}
