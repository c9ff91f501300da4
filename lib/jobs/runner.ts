// SPDX-License-Identifier: Apache-2.0
import { jobsDueBy } from "./due.ts";
import type { JobKind } from "./kind.ts";
import { createQueueLoop, MAX_SLEEP_MS } from "./queue_loop.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { Job } from "./job.ts";
import type { DescribeFailure } from "./result.ts";
import { type JobHandler, runJob, runUnwatched, type WatchJob } from "./run_job.ts";
import { delay as delayBy, setOwnDeadline, type SetTimer } from "../deadline.ts";
import type { Store } from "../kv/store.ts";
import type { Write } from "../kv/write.ts";
import type { Log } from "../log.ts";

/** Runs the jobs that are due. */
export interface JobRunner {
  /** Looks at all queues soon, in the background. */
  wake(): void;
  /** Looks at the queues of the jobs that a committed write makes due soon. */
  wakeFor(write: Write): void;
  /** Runs a job. Resolves after one run in this process, or once it is clear that there is none now. */
  attempt<Data>(kind: JobKind<Data>, id: string): Promise<void>;
  /** Resolves when nothing is due any more. */
  drain(): Promise<void>;
  /** Claims no more jobs. Resolves when those under way have ended. */
  stop(): Promise<void>;
}

/** A kind of job with its handler. Made by {@linkcode bindHandler}. */
export interface BoundHandler {
  readonly kind: JobKind;
  readonly handle: JobHandler<unknown>;
  readonly rateLimit?: RateLimit | undefined;
  /** Whether this instance may claim jobs of the kind now. Must not throw. */
  readonly mayClaim?: (() => Promise<boolean>) | undefined;
}

/** Says which handler works on a kind of job. */
export function bindHandler<Data>(
  kind: JobKind<Data>,
  { handle, ...limits }:
    & { handle: JobHandler<Data> }
    & Pick<BoundHandler, "rateLimit" | "mayClaim">,
): BoundHandler {
  // The rows of a kind hold its data: both are written together.
  return { kind, handle: (job, span) => handle(job as Job<Data>, span), ...limits };
}

/** Creates the runner. It starts with the first {@linkcode JobRunner.wake}. */
export function createJobRunner(
  { handlers, watch = runUnwatched, delay = delayBy, setTimer = setOwnDeadline, ...options }: {
    handlers: readonly BoundHandler[];
    store: Store;
    now: () => number;
    /** From 0 to 1, for the jitter of retries. */
    random: () => number;
    log: Log;
    describeFailure: DescribeFailure;
    watch?: WatchJob;
    delay?: (ms: number) => Promise<void>;
    setTimer?: SetTimer;
  },
): JobRunner {
  const loops = new Map(handlers.map(({ kind, handle, ...limits }) => {
    const run = (job: Job) => runJob(job, { ...options, kind, handle, watch, delay });
    return [kind.name, createQueueLoop({ ...options, kind, ...limits, setTimer, run })];
  }));

  function wake(): void {
    for (const loop of loops.values()) loop.wake();
  }

  function active(): Promise<void>[] {
    return [...loops.values()].flatMap((loop) => loop.active() ?? []);
  }

  return {
    wake,
    wakeFor(write) {
      // A loop finds what is due later when it wakes by itself.
      const now = options.now();
      for (const [kind, ids] of jobsDueBy(write, { by: now + MAX_SLEEP_MS, now })) {
        loops.get(kind)?.wake(ids);
      }
    },
    attempt: ({ name }, id) => loops.get(name)?.attempt(id) ?? Promise.resolve(),
    async drain() {
      wake();
      while (active().length > 0) await Promise.all(active());
    },
    async stop() {
      await Promise.all([...loops.values()].map((loop) => loop.stop()));
    },
  };
}

/**
 * A store that reports each committed write, so that a job runner looks at once for the jobs that
 * the write makes due. No caller has to know which jobs a write contains.
 */
export function createWakingStore(store: Store, wakeFor: (write: Write) => void): Store {
  return {
    ...store,
    async commit(write) {
      const isCommitted = await store.commit(write);
      if (isCommitted) wakeFor(write);
      return isCommitted;
    },
  };
}
