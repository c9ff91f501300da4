// SPDX-License-Identifier: Apache-2.0
/** Limits how many calls run at once. */
export interface Semaphore {
  /** Resolves when the caller may run. Callers run in the order in which they asked. */
  acquire(): Promise<void>;
  /** Lets the next caller run. */
  release(): void;
  /** Rejects all callers that wait. */
  rejectWaiting(reason: unknown): void;
}

export function createSemaphore(limit: number): Semaphore {
  const waiting: { resolve: () => void; reject: (reason: unknown) => void }[] = [];
  let running = 0;

  return {
    async acquire() {
      if (running < limit) {
        running++;
        return;
      }
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.push({ resolve, reject });
      await promise;
    },
    release() {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next.resolve();
    },
    rejectWaiting(reason) {
      for (const { reject } of waiting.splice(0)) reject(reason);
    },
  };
}
