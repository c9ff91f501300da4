import type { Store } from "./store.ts";

interface Turn {
  readonly v: 1;
  /** When the next start may be made, in milliseconds since the epoch. */
  readonly nextAt: number;
}

const TURN_KEY = ["pace", "start"];

/**
 * Keeps starts at Jumio's account limit, over all instances: each takes a turn in KV.
 *
 * Returns 0 and takes the turn, or how many milliseconds to wait before asking again.
 */
export function createPace(
  { store, now, perSecond }: { store: Store; now: () => number; perSecond: number },
): () => Promise<number> {
  const intervalMs = 1000 / perSecond;
  return async () => {
    const row = await store.get<Turn>(TURN_KEY);
    const at = now();
    const waitMs = (row.value?.nextAt ?? 0) - at;
    // A clock that was set back must not stop all starts until it has caught up.
    if (waitMs > 0 && waitMs <= intervalMs) return Math.ceil(waitMs);
    const turn: Turn = { v: 1, nextAt: at + intervalMs };
    const isOurs = await store.commit({ checks: [row], sets: [{ key: TURN_KEY, value: turn }] });
    return isOurs ? 0 : Math.ceil(intervalMs);
  };
}
