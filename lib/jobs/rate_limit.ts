import type { Row, Write } from "../kv/write.ts";

/** When the next start may be made. */
export interface Slot {
  /** The form of the row. */
  readonly v: 1;
  /** Milliseconds since the epoch. */
  readonly nextAt: number;
}

/** Keeps starts at Jumio's account limit, over all instances: each takes a slot in KV. */
export interface RateLimit {
  /** Where the slot is, to be read together with what it is for. */
  readonly key: Deno.KvKey;
  /** How many milliseconds to wait; at 0, what takes the slot as a part of another write. */
  acquire(row: Row<Slot>): { readonly waitMs: number; readonly write: Write };
}

/** Creates the rate limit of starts. */
export function createRateLimit(
  { now, perSecond }: { now: () => number; perSecond: number },
): RateLimit {
  const intervalMs = 1000 / perSecond;
  const key = ["rate_limit", "start"];
  return {
    key,
    acquire(row) {
      const at = now();
      const waitMs = (row.value?.nextAt ?? 0) - at;
      // A clock that was set back must not stop all starts until it has caught up.
      if (waitMs > 0 && waitMs <= intervalMs) return { waitMs: Math.ceil(waitMs), write: {} };
      const slot: Slot = { v: 1, nextAt: at + intervalMs };
      return { waitMs: 0, write: { checks: [row], sets: [{ key, value: slot }] } };
    },
  };
}
