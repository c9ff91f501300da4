import { UpstreamError } from "../upstream/error.ts";
import { recordBurial, recordFailure, recordPoll } from "./record.ts";
import { deleteJob, type Job, type JobData, type JobKind, replaceJob } from "./job.ts";
import { describeError, type LogFields, type LogLevel } from "../log.ts";
import {
  CHECK_SCHEDULE,
  ERASE_SCHEDULE,
  PUBLISH_SCHEDULE,
  retryDelayMs,
  type Schedule,
  START_SCHEDULE,
} from "./schedule.ts";
import { mergeWrites, type Row, type Write } from "../kv/write.ts";

/** What became of a job that is done. */
export type JobOutcome = "applied" | "superseded" | "ignored" | "identity_gone";

/** What a run of a job came to. Its write is committed together with the job's own change. */
export type JobResult<Kind extends JobKind> =
  | {
    readonly kind: "done";
    readonly outcome: JobOutcome;
    /**
     * If a check of it does not hold, the job runs again; a function is called again instead, for
     * what must not be done twice.
     */
    readonly write?: Write | (() => Promise<Write>);
    /** Kinds of which the write has made a job due. */
    readonly wakes?: readonly JobKind[];
  }
  | {
    readonly kind: "again";
    readonly dueAt: number;
    readonly data: JobData[Kind];
    readonly write?: Write;
  }
  /** Not there yet: tried again by the schedule, and when that is used up, as `exhausted` says. */
  | { readonly kind: "not_yet"; readonly exhausted: { dueAt: number; data: JobData[Kind] } }
  /** No further try can help. */
  | { readonly kind: "dead"; readonly reason: string };

/** A job of which no further try is made. A person decides about it. */
export interface DeadLetter<Kind extends JobKind = JobKind> {
  /** The form of the row. */
  readonly v: 1;
  /** Which handler it was for. */
  readonly kind: Kind;
  /** The job's. */
  readonly id: string;
  /** The job's, so that it can be replayed. */
  readonly data: JobData[Kind];
  /** Why no further try is made. */
  readonly reason: string;
  /** How many tries there were. */
  readonly failures: number;
  /** When it was set aside. */
  readonly deadAt: number;
}

/** What to commit after a run, and what to log once that is committed. */
export interface JobConclusion {
  /** What becomes of the job and what it has changed, in one. */
  readonly write: Write;
  /** What to say of it. */
  readonly report: { level: LogLevel; message: string; fields: LogFields };
}

/** What {@linkcode concludeJob} needs. */
export interface ConcludeOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** For the jitter of the next try. */
  readonly random: () => number;
}

const SCHEDULES: Readonly<Record<JobKind, Schedule>> = {
  start: START_SCHEDULE,
  check: CHECK_SCHEDULE,
  publish: PUBLISH_SCHEDULE,
  erase: ERASE_SCHEDULE,
};

/** Where a dead letter lies. */
export function deadLetterKey(kind: JobKind, id: string): Deno.KvKey {
  return ["dead_letter", kind, id];
}

/** What a run means for its job's row. Whatever was thrown is a failure, which the schedule judges. */
export function concludeJob(
  row: Row<Job> & { readonly value: Job },
  { result, write, ...options }: ConcludeOptions & {
    result: JobResult<JobKind> | Error;
    /** The result's own write. */
    write: Write;
  },
): JobConclusion {
  const job = row.value;
  const released = { ...job, leaseId: null, isNudged: false };
  const rested = { ...released, failures: 0, firstFailedAt: null };
  if (result instanceof Error) return fail(row, { released, error: result, ...options });
  switch (result.kind) {
    case "done": {
      // Somebody asked for another run while this one was under way.
      const own = job.isNudged
        ? replaceJob(row, { ...rested, dueAt: options.now })
        : deleteJob(row);
      return {
        write: mergeWrites(own, write),
        report: report("debug", "Job done", { job, fields: { outcome: result.outcome } }),
      };
    }
    case "again": {
      const next = job.isNudged
        ? { ...rested, dueAt: options.now }
        : { ...rested, dueAt: result.dueAt, data: result.data };
      return {
        write: mergeWrites(replaceJob(row, next), write, recordPoll(next, options)),
        report: report("debug", "Job is due again", {
          job: next,
          fields: { dueAt: timestamp(next.dueAt) },
        }),
      };
    }
    case "not_yet": {
      const delayMs = nextDelayMs(released, options);
      const next = delayMs === undefined
        ? { ...rested, ...result.exhausted }
        : failedOnce(released, { delayMs, ...options });
      return {
        write: mergeWrites(replaceJob(row, next), recordPoll(next, options)),
        report: report("info", "Job is not ready yet", {
          job: next,
          fields: { dueAt: timestamp(next.dueAt) },
        }),
      };
    }
    case "dead":
      return bury(row, { job: released, reason: result.reason, ...options });
  }
}

/** What a log line says of a job. Its id is an identity's, or for `read` an execution's. */
export function jobFields({ kind, id, failures }: Job): LogFields {
  return { job: kind, [kind === "check" ? "workflowExecutionId" : "identityId"]: id, failures };
}

function fail(
  row: Row<Job>,
  { released, error, ...options }: ConcludeOptions & { released: Job; error: Error },
): JobConclusion {
  const isExpected = error instanceof UpstreamError;
  const reason = isExpected ? `${error.upstream}_${error.reason}` : "bug";
  const retryAfterMs = isExpected ? error.retryAfterMs : undefined;
  const delayMs = nextDelayMs(released, { ...options, retryAfterMs });
  if (delayMs === undefined) return bury(row, { job: released, reason, ...options });
  const job = failedOnce(released, { delayMs, ...options });
  const level = isExpected ? "warn" : "error";
  return {
    write: mergeWrites(replaceJob(row, job), recordFailure(job, { reason, error, ...options })),
    report: report(level, "Job failed", {
      job,
      fields: { ...describeError(error), reason, retryInMs: delayMs },
    }),
  };
}

function bury(
  row: Row<Job>,
  { job, reason, now }: ConcludeOptions & { job: Job; reason: string },
): JobConclusion {
  const { kind, id, data, failures } = job;
  const letter: DeadLetter = { v: 1, kind, id, data, reason, failures, deadAt: now };
  const kept = { sets: [{ key: deadLetterKey(kind, id), value: letter }] };
  return {
    write: mergeWrites(
      deleteJob(row),
      kept,
      recordBurial(job, { reason, now }),
    ),
    report: report("error", "Dead letter: no further try is made", {
      job,
      fields: { outcome: "dead_lettered", reason },
    }),
  };
}

function nextDelayMs(
  job: Job,
  { now, random, retryAfterMs }: ConcludeOptions & { retryAfterMs?: number | undefined },
): number | undefined {
  return retryDelayMs(SCHEDULES[job.kind], {
    failures: job.failures + 1,
    failingForMs: now - (job.firstFailedAt ?? now),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    random,
  });
}

function failedOnce(job: Job, { delayMs, now }: ConcludeOptions & { delayMs: number }): Job {
  return {
    ...job,
    failures: job.failures + 1,
    firstFailedAt: job.firstFailedAt ?? now,
    dueAt: now + delayMs,
  };
}

function report(
  level: LogLevel,
  message: string,
  { job, fields }: { job: Job; fields: LogFields },
): JobConclusion["report"] {
  return { level, message, fields: { ...jobFields(job), ...fields } };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
