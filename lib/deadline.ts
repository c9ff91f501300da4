// SPDX-License-Identifier: Apache-2.0
/** Calls back once after `delayMs`. The function that it returns cancels that. */
export type SetTimer = (callback: () => void, delayMs: number) => () => void;

/** A shared deadline is late by up to twice this. */
const TICK_MS = 100;

/** A {@linkcode SetTimer} with one timer of the runtime for each deadline. */
export function setOwnDeadline(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}

/**
 * Creates a {@linkcode SetTimer} whose deadlines share one timer. It ticks while there are
 * deadlines.
 *
 * Nearly every request is answered long before its deadlines. With two timers of its own for each
 * request, validate had 0.8 of the rate that it has with shared ones.
 */
export function createSharedDeadlines(
  { setTick = setOwnTick }: { setTick?: (callback: () => void, delayMs: number) => void } = {},
): SetTimer {
  // Slots are reused, which leaves less garbage than adding to a Map and deleting from it.
  const slots: ({ ticksLeft: number; readonly callback: () => void } | undefined)[] = [];
  const freeSlots: number[] = [];
  let isTicking = false;

  function startTick(): void {
    isTicking = true;
    setTick(tick, TICK_MS);
  }

  function tick(): void {
    isTicking = false;
    for (const [slot, deadline] of slots.entries()) {
      if (deadline === undefined || --deadline.ticksLeft > 0) continue;
      freeSlot(slot, deadline);
      deadline.callback();
    }
    if (freeSlots.length < slots.length && !isTicking) startTick();
  }

  /** Does nothing if the slot holds another deadline by now. */
  function freeSlot(slot: number, deadline: unknown): void {
    if (slots[slot] !== deadline) return;
    slots[slot] = undefined;
    freeSlots.push(slot);
  }

  return (callback, delayMs) => {
    // The current tick does not count, because it may be nearly over.
    const deadline = { ticksLeft: Math.ceil(delayMs / TICK_MS) + 1, callback };
    const slot = freeSlots.pop() ?? slots.length;
    slots[slot] = deadline;
    if (!isTicking) startTick();
    return () => freeSlot(slot, deadline);
  };
}

/**
 * Not by `setTimeout`: its first call loads the timers of Node for 4 ms, and the first deadline is
 * set while the service starts.
 */
function setOwnTick(callback: () => void, delayMs: number): void {
  AbortSignal.timeout(delayMs).addEventListener("abort", callback);
}

/** Resolves after `ms`. */
export async function delay(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setOwnDeadline(resolve, ms);
  await promise;
}

/**
 * Waits for the work up to `ms`. Does not cancel the work.
 *
 * @returns What the work resolves with, or undefined when the time is over.
 */
export function waitAtMost<Value>(
  ms: number,
  work: Promise<Value>,
  { setTimer = setOwnDeadline }: { setTimer?: SetTimer } = {},
): Promise<Value | undefined> {
  // Promise.race() would add a tenth to the processor time of a sign-in.
  return new Promise((resolve, reject) => {
    const cancelTimer = setTimer(() => resolve(undefined), Math.max(0, ms));
    work.then((value) => {
      cancelTimer();
      resolve(value);
    }, (error) => {
      cancelTimer();
      reject(error);
    });
  });
}
