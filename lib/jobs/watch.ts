import type { Job } from "./job.ts";
import type { JobKind } from "./kind.ts";
import type { JobEnd } from "./result.ts";

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

/** A span while no traces are collected. */
export const NO_SPAN: JobSpan = { trace: undefined, linkTo() {} };

/** Runs a job without observing it. */
export async function runUnwatched(
  _subject: unknown,
  run: (span: JobSpan) => Promise<JobEnd>,
): Promise<void> {
  await run(NO_SPAN);
}
