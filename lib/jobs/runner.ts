import { type ClaimedJob, claimJobs } from "./claim.ts";
import { setOwnDeadline, type SetTimer } from "../deadline.ts";
import { concludeJob, jobFields, type JobResult } from "./result.ts";
import { type Job, JOB_KINDS, type JobKind, readJob, replaceJob } from "./job.ts";
import { describeError, type Log } from "../log.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { Store } from "../kv/store.ts";
import type { Write } from "../kv/write.ts";
import { describeEnd, type JobEnd, NO_TELEMETRY, type Telemetry } from "../telemetry/telemetry.ts";

/** Does one kind of job. Whatever it does must be safe to repeat: a lease may end in the middle. */
export type JobHandler<Kind extends JobKind> = (
  job: Job<Kind>,
) => Promise<JobResult<Kind>>;

/** Works on what is due. */
export interface JobRunner {
  /** Has a look soon, in the background. */
  wake(kinds?: readonly JobKind[]): void;
  /** Resolves after one run of this job here, or as soon as it is clear that none comes now. */
  attempt(kind: JobKind, id: string): Promise<void>;
  /** Resolves when nothing is due any more. */
  drain(): Promise<void>;
  /** Takes no more jobs and resolves when those under way have ended. */
  stop(): Promise<void>;
}

/**
 * How many jobs of a kind one instance does at once, so that an upstream that comes back is not
 * flattened. Starts have Jumio's account limit as well; their number only keeps slow calls from
 * holding up those behind them.
 */
const CONCURRENCY: Readonly<Record<JobKind, number>> = {
  start: 16,
  check: 8,
  publish: 8,
  erase: 4,
};

/** What another instance has stored is found within this, even if it dies. */
const LONGEST_SLEEP_MS = 15_000;

/** How often the end of a job is written again after another instance was faster. */
const FINISH_ATTEMPTS = 20;

/** While KV cannot be reached, it is tried this often. */
const KV_RETRY_MS = 2_000;

/** Creates the runner. It starts with the first {@linkcode JobRunner.wake}. */
export function createJobRunner(
  {
    store,
    handlers,
    now,
    random,
    log,
    rateLimit,
    watch = NO_TELEMETRY.watchJob,
    setTimer = setOwnDeadline,
  }: {
    store: Store;
    handlers: { readonly [Kind in JobKind]: JobHandler<Kind> };
    now: () => number;
    random: () => number;
    log: Log;
    /** Jumio's account limit, which starts are held to. */
    rateLimit: RateLimit;
    /** Sees each run, from the handler to what was committed. */
    watch?: Telemetry["watchJob"];
    setTimer?: SetTimer;
  },
): JobRunner {
  const wanted = new Set<JobKind>();
  const loops = new Map<JobKind, Promise<void>>();
  const timers = new Map<JobKind, () => void>();
  const bells = new Map<JobKind, () => void>();
  const waiting = new Map<string, (() => void)[]>();
  const running = new Set<string>();
  let isStopped = false;

  function wake(kinds: readonly JobKind[] = JOB_KINDS): void {
    if (isStopped) return;
    for (const kind of kinds) {
      wanted.add(kind);
      bells.get(kind)?.();
      if (!loops.has(kind)) loops.set(kind, loop(kind));
    }
  }

  async function loop(kind: JobKind): Promise<void> {
    timers.get(kind)?.();
    let sleepMs = LONGEST_SLEEP_MS;
    try {
      while (wanted.delete(kind) && !isStopped) sleepMs = await drainKind(kind);
    } catch (error) {
      log.warn("Cannot work on jobs", { kind, ...describeError(error) });
      sleepMs = KV_RETRY_MS;
    }
    loops.delete(kind);
    releaseWaiting(kind);
    if (!isStopped) timers.set(kind, setTimer(() => wake([kind]), sleepMs));
  }

  /** Runs what is due and returns how long nothing will be. */
  async function drainKind(kind: JobKind): Promise<number> {
    const works = new Set<Promise<void>>();
    try {
      while (!isStopped) {
        const claimed = await claimJobs(store, {
          kind,
          now,
          limit: CONCURRENCY[kind] - works.size,
          rateLimit: kind === "start" ? rateLimit : undefined,
        });
        for (const job of claimed.jobs) {
          const work: Promise<void> = run(job).finally(() => works.delete(work));
          works.add(work);
        }
        if (works.size >= CONCURRENCY[kind]) await Promise.race(works);
        if (claimed.jobs.length > 0) continue;
        const restMs = Math.min(Math.max(claimed.nextDueAt - now(), 0), LONGEST_SLEEP_MS);
        if (works.size === 0) return restMs;
        if (wanted.delete(kind)) continue;
        // A slow call holds up neither who waits for another job nor what becomes due meanwhile.
        releaseWaiting(kind);
        await rest(kind, { restMs, works });
      }
      return LONGEST_SLEEP_MS;
    } finally {
      await Promise.all(works);
    }
  }

  /** Until the time is over, one of the works has ended, or somebody asks for the kind. */
  async function rest(
    kind: JobKind,
    { restMs, works }: { restMs: number; works: ReadonlySet<Promise<void>> },
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    bells.set(kind, resolve);
    const clearTimer = setTimer(resolve, restMs);
    await Promise.race([...works, promise]);
    clearTimer();
    bells.delete(kind);
  }

  async function run(job: ClaimedJob): Promise<void> {
    const key = `${job.kind} ${job.id}`;
    running.add(key);
    try {
      await watch(job, async () => await finish(job, await handle(job)));
    } catch (error) {
      // The job stays leased, and is taken up again when the lease has ended.
      log.warn("Cannot finish a job", { ...jobFields(job), ...describeError(error) });
    }
    running.delete(key);
    release(key);
  }

  async function handle(job: ClaimedJob): Promise<JobResult<JobKind> | Error> {
    try {
      switch (job.kind) {
        case "start":
          return await handlers.start(job);
        case "check":
          return await handlers.check(job);
        case "publish":
          return await handlers.publish(job);
        case "erase":
          return await handlers.erase(job);
      }
    } catch (error) {
      return error instanceof Error ? error : new Error("Something that is no error was thrown");
    }
  }

  /**
   * Commits what a run came to, together with the job's own change and only under its lease. If the
   * job was changed meanwhile (somebody asked for another run), once more on top of that.
   */
  async function finish(
    job: ClaimedJob,
    result: JobResult<JobKind> | Error,
  ): Promise<JobEnd> {
    const rebuilds = "write" in result && typeof result.write === "function";
    for (let attempt = 1; attempt <= FINISH_ATTEMPTS; attempt++) {
      const row = await readJob(store, job);
      if (row.value?.leaseId !== job.leaseId) {
        log.warn("A lease ended before its job", jobFields(job));
        return { outcome: "lease_ended" };
      }
      const held = { ...row, value: row.value };
      const made = await ownWrite(result);
      const { write, report } = concludeJob(held, { result, write: made, now: now(), random });
      if (await store.commit(write)) {
        log[report.level](report.message, report.fields);
        if (!(result instanceof Error) && result.kind === "done") wake(result.wakes ?? []);
        if (row.value.isNudged) wake([job.kind]);
        return describeEnd(result, report.fields);
      }
      const reread = await readJob(store, job);
      if (rebuilds || reread.versionstamp !== row.versionstamp) continue;
      // What the handler had read has changed, so it has to look again.
      await store.commit(replaceJob(row, { ...row.value, leaseId: null, dueAt: now() }));
      wake([job.kind]);
      return { outcome: "again" };
    }
    throw new Error("Cannot finish a job: the rows it needs keep changing");
  }

  /** Tells who waits for a job of the kind that no run of it comes now, unless one is under way. */
  function releaseWaiting(kind: JobKind): void {
    for (const key of waiting.keys()) {
      if (key.startsWith(`${kind} `) && !running.has(key)) release(key);
    }
  }

  function release(key: string): void {
    const resolvers = waiting.get(key) ?? [];
    waiting.delete(key);
    for (const resolve of resolvers) resolve();
  }

  return {
    wake,
    attempt(kind, id) {
      if (isStopped) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const key = `${kind} ${id}`;
      waiting.set(key, [...waiting.get(key) ?? [], resolve]);
      wake([kind]);
      return promise;
    },
    async drain() {
      wake();
      while (loops.size > 0) await Promise.all(loops.values());
    },
    async stop() {
      isStopped = true;
      for (const clearTimer of timers.values()) clearTimer();
      await Promise.all(loops.values());
    },
  };
}

async function ownWrite(result: JobResult<JobKind> | Error): Promise<Write> {
  if (result instanceof Error || !("write" in result) || result.write === undefined) return {};
  return typeof result.write === "function" ? await result.write() : result.write;
}
