// SPDX-License-Identifier: Apache-2.0
import { jobFields } from "./conclude.ts";
import { finishJob, type FinishOptions } from "./finish_job.ts";
import type { Job } from "./job.ts";
import type { JobKind } from "./kind.ts";
import type { JobEnd, JobResult } from "./result.ts";
import { describeError } from "../log.ts";

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
export interface RunOptions extends FinishOptions {
  readonly handle: JobHandler<unknown>;
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
