import type { Row, Write } from "../kv/store.ts";

/** When the next start may be made. */
export interface Turn {
  /** The form of the row. */
  readonly v: 1;
  /** Milliseconds since the epoch. */
  readonly nextAt: number;
}

/** Keeps starts at Jumio's account limit, over all instances: each takes a turn in KV. */
export interface Pace {
  /** Where the turn is, to be read together with what it is for. */
  readonly key: Deno.KvKey;
  /** How many milliseconds to wait; at 0, what takes the turn as a part of another write. */
  take(row: Row<Turn>): { readonly waitMs: number; readonly write: Write };
}

/** Creates the pace of starts. */
export function createPace({ now, perSecond }: { now: () => number; perSecond: number }): Pace {
  const intervalMs = 1000 / perSecond;
  const key = ["pace", "start"];
  return {
    key,
    take(row) {
      const at = now();
      const waitMs = (row.value?.nextAt ?? 0) - at;
      // A clock that was set back must not stop all starts until it has caught up.
      if (waitMs > 0 && waitMs <= intervalMs) return { waitMs: Math.ceil(waitMs), write: {} };
      const turn: Turn = { v: 1, nextAt: at + intervalMs };
      return { waitMs: 0, write: { checks: [row], sets: [{ key, value: turn }] } };
    },
  };
}
