// SPDX-License-Identifier: Apache-2.0
/** Callers that wait for a run of one job, and the runs that are under way. */
export interface Waiters {
  /** Resolves after the job's next run, or once it is clear that there is none now. */
  waitFor(id: string): Promise<void>;
  /** Marks the job as running while `run` is, and releases its waiters afterwards. */
  during(id: string, run: () => Promise<void>): Promise<void>;
  /** The jobs that somebody waits for and that are not running. */
  idle(): readonly string[];
  /** Releases the waiters of jobs that are not running: of all such jobs, or of these. */
  releaseIdle(ids?: readonly string[]): void;
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

  function idle(): readonly string[] {
    return [...waiting.keys()].filter((id) => !running.has(id));
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
    idle,
    releaseIdle(ids = idle()) {
      for (const id of ids) if (!running.has(id)) release(id);
    },
  };
}
