/** Callers that wait for a run of one job, and the runs that are under way. */
export interface Waiters {
  /** Resolves after the job's next run, or once it is clear that there is none now. */
  waitFor(id: string): Promise<void>;
  /** Marks the job as running while `run` is, and releases its waiters afterwards. */
  during(id: string, run: () => Promise<void>): Promise<void>;
  /** Releases the waiters of all jobs that are not running. */
  releaseIdle(): void;
}

/** Creates the waiters of one kind of job. */
export function createWaiters(): Waiters {
  const waiting = new Map<string, (() => void)[]>();
  const running = new Set<string>();

  function release(id: string): void {
    const resolvers = waiting.get(id) ?? [];
    waiting.delete(id);
    for (const resolve of resolvers) resolve();
  }

  return {
    waitFor(id) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(id, [...waiting.get(id) ?? [], resolve]);
      return promise;
    },
    async during(id, run) {
      running.add(id);
      try {
        await run();
      } finally {
        running.delete(id);
        release(id);
      }
    },
    releaseIdle() {
      for (const id of waiting.keys()) if (!running.has(id)) release(id);
    },
  };
}
