// SPDX-License-Identifier: Apache-2.0
import { type Claim, claimJobs, claimWritten } from "./claim.ts";
import type { Job } from "./job.ts";
import type { JobKind } from "./kind.ts";
import type { RateLimit } from "./rate_limit.ts";
import { createWaiters, type Waiters } from "./waiters.ts";
import { createWakeup, type Wakeup } from "./wakeup.ts";
import type { SetTimer } from "../deadline.ts";
import type { Store } from "../kv/store.ts";
import { describeError, type Log } from "../log.ts";

/** Every queue is looked at this often, to find what other instances stored, also if they died. */
export const MAX_SLEEP_MS = 15_000;

/** How often KV is tried while it cannot be reached. */
const KV_RETRY_MS = 2_000;

/** Works through the queue of one kind of job. */
export interface QueueLoop {
  /** Looks at the queue soon, in the background. The ids are of jobs that were just written. */
  wake(ids?: ReadonlySet<string>): void;
  /** Runs a job. Resolves after one run, or once it is clear that there is none now. */
  attempt(id: string): Promise<void>;
  /** The work under way. Undefined while the loop sleeps. */
  active(): Promise<void> | undefined;
  /** Claims no more jobs. Resolves when those under way have ended. */
  stop(): Promise<void>;
}

export interface QueueOptions {
  readonly kind: JobKind;
  readonly rateLimit?: RateLimit | undefined;
  /** Whether this instance may claim jobs now. Asked before each claim. */
  readonly mayClaim?: (() => Promise<boolean>) | undefined;
  readonly store: Store;
  readonly now: () => number;
  readonly log: Log;
  readonly setTimer: SetTimer;
  /** Runs a claimed job to its end. Must not reject. */
  readonly run: (job: Job) => Promise<void>;
}

/** The parts of a loop that its functions share. */
interface LoopState {
  readonly waiters: Waiters;
  readonly wakeup: Wakeup;
  readonly stopped: AbortSignal;
  /** The jobs that were written here since the last look at the queue. */
  readonly written: Set<string>;
  /** Whether nothing was due at that look. */
  isCaughtUp: boolean;
}

/** Creates a loop. It starts with the first {@linkcode QueueLoop.wake}. */
export function createQueueLoop(options: QueueOptions): QueueLoop {
  const { kind, log, setTimer } = options;
  const stopping = new AbortController();
  const state = {
    waiters: createWaiters(),
    wakeup: createWakeup(),
    stopped: stopping.signal,
    written: new Set<string>(),
    isCaughtUp: false,
  };
  let active: Promise<void> | undefined;
  let clearTimer = () => {};

  function wake(ids: ReadonlySet<string> = new Set()): void {
    if (stopping.signal.aborted) return;
    for (const id of ids) state.written.add(id);
    state.wakeup.request();
    active ??= work();
  }

  async function work(): Promise<void> {
    clearTimer();
    let sleepMs = MAX_SLEEP_MS;
    try {
      while (state.wakeup.take() && !stopping.signal.aborted) {
        sleepMs = await drainQueue(options, state);
      }
    } catch (error) {
      log.warn("Cannot work on jobs", { kind: kind.name, ...describeError(error) });
      sleepMs = KV_RETRY_MS;
    }
    active = undefined;
    state.waiters.releaseIdle();
    if (!stopping.signal.aborted) clearTimer = setTimer(() => wake(), sleepMs);
  }

  return {
    wake,
    attempt(id) {
      if (stopping.signal.aborted) return Promise.resolve();
      const attempted = state.waiters.waitFor(id);
      wake();
      return attempted;
    },
    active: () => active,
    async stop() {
      stopping.abort();
      clearTimer();
      await active;
    },
  };
}

/** Runs everything that is due. Returns how long the loop may sleep afterwards. */
async function drainQueue(options: QueueOptions, state: LoopState): Promise<number> {
  const { kind, mayClaim, now, setTimer, run } = options;
  const { waiters, wakeup, stopped } = state;
  const runs = new Set<Promise<void>>();
  try {
    while (!stopped.aborted) {
      if (await mayClaim?.() === false) return MAX_SLEEP_MS;
      const { jobs, nextDueAt } = await claimNext(options, state, kind.concurrency - runs.size);
      for (const job of jobs) {
        const running = waiters.during(job.id, () => run(job)).finally(() => runs.delete(running));
        runs.add(running);
      }
      if (runs.size >= kind.concurrency) await Promise.race(runs);
      if (jobs.length > 0) continue;
      const sleepMs = Math.min(Math.max(nextDueAt - now(), 0), MAX_SLEEP_MS);
      if (runs.size === 0) return sleepMs;
      if (wakeup.take()) continue;
      await sleep({ sleepMs, setTimer, until: [...runs, wakeup.next()] });
    }
    return MAX_SLEEP_MS;
  } finally {
    await Promise.all(runs);
  }
}

/**
 * Claims the jobs that were just written here, where nobody is passed by, or else those that have
 * been due longest. After the former it looks at the queue, so that they cannot delay the others.
 */
async function claimNext(
  { kind, rateLimit, store, now }: QueueOptions,
  state: LoopState,
  limit: number,
): Promise<Claim> {
  const { waiters, written } = state;
  const ids = state.isCaughtUp ? [...written] : [];
  written.clear();
  state.isCaughtUp = false;
  const waiting = waiters.idle();
  const options = { kind, now, limit, rateLimit };
  const direct = ids.length > 0 ? await claimWritten(store, { ids, ...options }) : undefined;
  const claim = direct ?? await claimJobs(store, options);
  state.isCaughtUp = claim.isCaughtUp;
  // Another instance has their jobs, or they have to wait. A slow run or new jobs must not delay them.
  if (claim.jobs.length === 0) waiters.releaseIdle(waiting);
  return claim;
}

async function sleep(
  { sleepMs, setTimer, until }: {
    sleepMs: number;
    setTimer: SetTimer;
    until: readonly Promise<void>[];
  },
): Promise<void> {
  const { promise: timedOut, resolve } = Promise.withResolvers<void>();
  const clearTimer = setTimer(resolve, sleepMs);
  await Promise.race([...until, timedOut]);
  clearTimer();
}
