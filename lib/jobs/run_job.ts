import { concludeJob, jobFields } from "./conclude.ts";
import { type Job, readJob, replaceJob } from "./job.ts";
import type { JobKind } from "./kind.ts";
import type { DescribeFailure, JobEnd, JobResult } from "./result.ts";
import type { Store } from "../kv/store.ts";
import { updateRows } from "../kv/update.ts";
import type { Write } from "../kv/write.ts";
import { describeError, type Log } from "../log.ts";

/** The span of one run. */
export interface JobSpan {
  /** The span as `traceparent`, to be stored with what the run requests. */
  readonly trace: string | undefined;
  /** Links the span to a stored one. */
  linkTo(trace: string | undefined): void;
}

/** Observes one run of a job, from the handler to the commit. */
export type WatchJob = (
  subject: { readonly kind: JobKind; readonly job: Job },
  run: (span: JobSpan) => Promise<JobEnd>,
) => Promise<void>;

/**
 * Does the work of a job. It must be safe to repeat, because a lease can end in the middle of a run.
 * The span is the run's own.
 */
export type JobHandler<Data> = (job: Job<Data>, span: JobSpan) => Promise<JobResult<Data>>;

/** What a run needs beside its job. */
export interface RunOptions {
  readonly kind: JobKind;
  readonly handle: JobHandler<unknown>;
  readonly store: Store;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly describeFailure: DescribeFailure;
  readonly watch: WatchJob;
}

/** A span while no traces are collected. */
const NO_SPAN: JobSpan = { trace: undefined, linkTo() {} };

/** Runs a job without observing it. */
export async function runUnwatched(
  _subject: unknown,
  run: (span: JobSpan) => Promise<JobEnd>,
): Promise<void> {
  await run(NO_SPAN);
}

/** Runs a claimed job to its end. Does not throw: a job without an end is claimed again later. */
export async function runJob(job: Job, options: RunOptions): Promise<void> {
  const { kind, handle, log, watch } = options;
  try {
    await watch({ kind, job }, async (span) => {
      return await finishJob(job, await handleJob(job, { handle, span }), options);
    });
  } catch (error) {
    // The job stays leased, and is claimed again when the lease has ended.
    log.warn("Cannot finish a job", { ...jobFields(kind, job), ...describeError(error) });
  }
}

async function handleJob(
  job: Job,
  { handle, span }: { handle: JobHandler<unknown>; span: JobSpan },
): Promise<JobResult | Error> {
  try {
    return await handle(job, span);
  } catch (error) {
    return error instanceof Error ? error : new Error("A job threw something that is not an error");
  }
}

/**
 * Commits a run's result together with the job's own change, and only under its lease. If the job
 * was requested again during the run, that request is kept.
 */
async function finishJob(
  job: Job,
  result: JobResult | Error,
  { kind, store, now, random, log, describeFailure }: RunOptions,
): Promise<JobEnd> {
  let previous: string | null | undefined;
  const { end, report } = await updateRows<{ end: JobEnd; report: () => void }>(store, {
    action: "finish a job",
    async build() {
      const row = await readJob(store, { kind, id: job.id });
      if (row.value?.leaseId !== job.leaseId) {
        const report = () => log.warn("A lease ended before its job", jobFields(kind, job));
        return { outcome: { end: { outcome: "lease_ended" }, report } };
      }
      const held = { ...row, value: row.value };
      if (row.versionstamp === previous && !canRebuild(result)) {
        // The job is unchanged, so what the handler had read has changed: it has to run again.
        const released = replaceJob(row, { ...held.value, leaseId: null, dueAt: now() });
        return { write: released, outcome: { end: { outcome: "again" }, report() {} } };
      }
      previous = row.versionstamp;
      const own = { result, write: await writeOf(result) };
      const after = concludeJob(held, { ...own, kind, describeFailure, now: now(), random });
      const { write, end, logLine: { level, message, fields } } = after;
      return { write, outcome: { end, report: () => log[level](message, fields) } };
    },
  });
  report();
  return end;
}

function canRebuild(result: JobResult | Error): boolean {
  return "buildWrite" in result;
}

async function writeOf(result: JobResult | Error): Promise<Write> {
  if ("buildWrite" in result && result.buildWrite !== undefined) return await result.buildWrite();
  return "write" in result ? result.write ?? {} : {};
}
