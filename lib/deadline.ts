/** Calls back after a while, unless the function that it returns is called first. */
export type SetDeadline = (callback: () => void, delayMs: number) => () => void;

/** A shared deadline is late by up to twice this. */
const GRAIN_MS = 100;

/** A deadline with a timer of its own. */
export function setOwnDeadline(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}

/**
 * Deadlines that share one timer, which ticks while there are any.
 *
 * Nearly every request is answered long before its deadlines, and two timers of its own for each
 * made validate 0.75 times as fast as it is without.
 */
export function createSharedDeadlines(
  { setTimer }: { setTimer: (callback: () => void, delayMs: number) => unknown },
): SetDeadline {
  const waiting = new Set<{ ticksLeft: number; readonly callback: () => void }>();
  let isTicking = false;

  function startTick(): void {
    isTicking = true;
    setTimer(tick, GRAIN_MS);
  }

  function tick(): void {
    isTicking = false;
    for (const deadline of waiting) {
      if (--deadline.ticksLeft > 0) continue;
      waiting.delete(deadline);
      deadline.callback();
    }
    if (waiting.size > 0 && !isTicking) startTick();
  }

  return (callback, delayMs) => {
    // The tick that is under way does not count: it may be nearly over.
    const deadline = { ticksLeft: Math.ceil(delayMs / GRAIN_MS) + 1, callback };
    waiting.add(deadline);
    if (!isTicking) startTick();
    return () => {
      waiting.delete(deadline);
    };
  };
}
