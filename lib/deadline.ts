/** Calls back after a while, unless the function that it returns is called first. */
export type SetTimer = (callback: () => void, delayMs: number) => () => void;

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
 * Nearly every request is answered long before its deadlines. Validate with two timers of its own
 * for each request had 0.8 of the rate that it has with these.
 */
export function createSharedDeadlines(
  { setTimer }: { setTimer: (callback: () => void, delayMs: number) => unknown },
): SetTimer {
  // Places that are used again make less work for the collector than a Map that is added to and
  // deleted from with every request.
  const places: ({ ticksLeft: number; readonly callback: () => void } | undefined)[] = [];
  const free: number[] = [];
  let isTicking = false;

  function startTick(): void {
    isTicking = true;
    setTimer(tick, GRAIN_MS);
  }

  function tick(): void {
    isTicking = false;
    for (const [place, deadline] of places.entries()) {
      if (deadline === undefined || --deadline.ticksLeft > 0) continue;
      leave(place, deadline);
      deadline.callback();
    }
    if (free.length < places.length && !isTicking) startTick();
  }

  /** A place may be another's by now. */
  function leave(place: number, deadline: unknown): void {
    if (places[place] !== deadline) return;
    places[place] = undefined;
    free.push(place);
  }

  return (callback, delayMs) => {
    // The tick that is under way does not count: it may be nearly over.
    const deadline = { ticksLeft: Math.ceil(delayMs / GRAIN_MS) + 1, callback };
    const place = free.pop() ?? places.length;
    places[place] = deadline;
    if (!isTicking) startTick();
    return () => leave(place, deadline);
  };
}

/**
 * What the work comes to, or what `late` says if that takes too long. The work goes on.
 *
 * Plainer for the caller than a race, whose loser has to be cleaned up after.
 */
export function withDeadline<Value>(
  work: Promise<Value>,
  { ms, late, setDeadline }: {
    ms: number;
    late: () => Value | Promise<Value>;
    setDeadline: SetTimer;
  },
): Promise<Value> {
  // With Promise.withResolvers() validate has 0.99 of the rate.
  return new Promise((resolve, reject) => {
    const callOff = setDeadline(() => resolve(late()), ms);
    work.then((value) => {
      callOff();
      resolve(value);
    }, (error) => {
      callOff();
      reject(error);
    });
  });
}

/** Resolves after `ms`. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits for the work up to `ms`. Does not cancel the work. */
export async function waitAtMost(ms: number, work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(0, ms));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
