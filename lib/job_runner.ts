import { type ClaimedJob, claimJob } from "./_job_claim.ts";
import { concludeJob, jobFields, type JobResult } from "./job_result.ts";
import { type Job, JOB_KINDS, type JobKind, readJob, replaceJob } from "./jobs.ts";
import { describeError, type Log } from "./log.ts";
import type { Store, Write } from "./store.ts";
import { describeEnd, type JobEnd, NO_TELEMETRY, type Telemetry } from "./telemetry.ts";

/** Does one kind of job. Whatever it does must be safe to repeat: a lease may end in the middle. */
export type JobHandler<Kind extends JobKind> = (
  job: Job<Kind>,
) => Promise<JobResult<Kind>>;

/** Calls back after a while, unless the function that it returns is called first. */
export type SetTimer = (callback: () => void, delayMs: number) => () => void;

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

/** How many jobs of a kind one instance does at once, so that an upstream is not flattened. */
const CONCURRENCY: Readonly<Record<JobKind, number>> = { start: 4, read: 8, write: 8 };

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
    admitStart,
    watch = NO_TELEMETRY.watchJob,
    setTimer = startTimer,
  }: {
    store: Store;
    handlers: { readonly [Kind in JobKind]: JobHandler<Kind> };
    now: () => number;
    random: () => number;
    log: Log;
    /** How long the next start has to wait for Jumio's account limit; 0 takes the turn. */
    admitStart: () => Promise<number>;
    /** Sees each run, from the handler to what was committed. */
    watch?: Telemetry["watchJob"];
    setTimer?: SetTimer;
  },
): JobRunner {
  const wanted = new Set<JobKind>();
  const loops = new Map<JobKind, Promise<void>>();
  const timers = new Map<JobKind, () => void>();
  const waiting = new Map<string, (() => void)[]>();
  let isStopped = false;

  function wake(kinds: readonly JobKind[] = JOB_KINDS): void {
    if (isStopped) return;
    for (const kind of kinds) {
      wanted.add(kind);
      if (!loops.has(kind)) loops.set(kind, loop(kind));
    }
  }

  async function loop(kind: JobKind): Promise<void> {
    timers.get(kind)?.();
    let sleepMs = LONGEST_SLEEP_MS;
    try {
      while (wanted.delete(kind) && !isStopped) sleepMs = await drainKind(kind);
    } catch (error) {
      log.warn("Cannot work on jobs", { kind, ...describeError(error), stack: undefined });
      sleepMs = KV_RETRY_MS;
    }
    loops.delete(kind);
    for (const [key, resolvers] of waiting) {
      if (key.startsWith(`${kind} `)) resolveWaiting(key, resolvers);
    }
    if (!isStopped) timers.set(kind, setTimer(() => wake([kind]), sleepMs));
  }

  /** Runs what is due and returns how long nothing will be. */
  async function drainKind(kind: JobKind): Promise<number> {
    const running = new Set<Promise<void>>();
    try {
      while (!isStopped) {
        const admittedInMs = kind === "start" ? await admitNextStart() : 0;
        if (admittedInMs > 0) return Math.min(admittedInMs, LONGEST_SLEEP_MS);
        const claimed = await claimJob(store, { kind, now });
        if (claimed.job !== undefined) {
          const work: Promise<void> = run(claimed.job).finally(() => running.delete(work));
          running.add(work);
          if (running.size >= CONCURRENCY[kind]) await Promise.race(running);
        } else if (running.size > 0) {
          await Promise.race(running);
        } else {
          return Math.min(Math.max(claimed.nextDueAt - now(), 0), LONGEST_SLEEP_MS);
        }
      }
      return LONGEST_SLEEP_MS;
    } finally {
      await Promise.all(running);
    }
  }

  /** Takes a turn only if there is a start to take it for. */
  async function admitNextStart(): Promise<number> {
    const due = await store.list(
      { start: ["due", "start"], end: ["due", "start", now() + 1] },
      { limit: 1 },
    );
    return due.length === 0 ? 0 : await admitStart();
  }

  async function run(job: ClaimedJob): Promise<void> {
    try {
      await watch(job, async () => await finish(job, await handle(job)));
    } catch (error) {
      // The job stays leased, and is taken up again when the lease has ended.
      log.warn("Cannot finish a job", { ...jobFields(job), ...describeError(error) });
    }
    const key = `${job.kind} ${job.id}`;
    resolveWaiting(key, waiting.get(key));
  }

  async function handle(job: ClaimedJob): Promise<JobResult<JobKind> | Error> {
    try {
      switch (job.kind) {
        case "start":
          return await handlers.start(job);
        case "read":
          return await handlers.read(job);
        case "write":
          return await handlers.write(job);
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

  function resolveWaiting(key: string, resolvers: readonly (() => void)[] = []): void {
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

function startTimer(callback: () => void, delayMs: number): () => void {
  const timer = setTimeout(callback, delayMs);
  return () => clearTimeout(timer);
}
