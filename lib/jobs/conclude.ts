// SPDX-License-Identifier: Apache-2.0
import { type DeadLetter, deadLetterKey } from "./dead_letters.ts";
import { failWith } from "./failing.ts";
import { deleteJob, type Job, replaceJob } from "./job.ts";
import type { JobKind } from "./kind.ts";
import { recordDeadLetter, recordPoll, recordRetry } from "./record.ts";
import type { DescribeFailure, JobEnd, JobResult } from "./result.ts";
import { retryDelayMs } from "./schedule.ts";
import { mergeWrites, type Row, type Write } from "../kv/write.ts";
import { describeError, type LogFields, type LogLevel } from "../log.ts";
import { toTimestamp } from "../timestamp.ts";

/** What to commit after a run, and what to report once that is committed. */
export interface AfterRun {
  /** What becomes of the job, merged with the result's own write. */
  readonly write: Write;
  readonly end: JobEnd;
  readonly logLine: { level: LogLevel; message: string; fields: LogFields };
}

interface ConcludeOptions {
  readonly kind: JobKind;
  readonly describeFailure: DescribeFailure;
  readonly now: number;
  /** From 0 to 1, for the jitter of the next try. */
  readonly random: () => number;
}

/** The row of a job, and the job without its lease. */
interface Held {
  readonly row: Row<Job>;
  readonly job: Job;
}

/** Decides what a run's result means for its job. An error is a failure, which the schedule judges. */
export function concludeJob(
  row: Row<Job> & { readonly value: Job },
  { result, write, ...options }: ConcludeOptions & {
    result: JobResult | Error;
    /** The result's own write. */
    write: Write;
  },
): AfterRun {
  const { isNudged } = row.value;
  const held: Held = { row, job: { ...row.value, leaseId: null, isNudged: false } };
  const succeeded = {
    ...held.job,
    failures: 0,
    lastingFailures: 0,
    firstFailedAt: null,
    failing: null,
  };
  if (result instanceof Error) return concludeFailure(held, result, options);
  switch (result.kind) {
    case "done": {
      const own = isNudged ? replaceJob(row, { ...succeeded, dueAt: options.now }) : deleteJob(row);
      const { outcome, settled } = result;
      return {
        write: mergeWrites(own, write),
        end: { outcome, settled },
        logLine: describeLine("debug", "Job done", { ...held, ...options, fields: { outcome } }),
      };
    }
    case "again": {
      const { failure: reason, dueAt, data } = result;
      const failing = reason === undefined
        ? null
        : failWith(held.job.failing, { reason, now: options.now });
      const again = { ...succeeded, failing };
      const next = isNudged ? { ...again, dueAt: options.now } : { ...again, dueAt, data };
      const after = postpone(held, { next, write, outcome: "again", ...options });
      return reason === undefined ? after : { ...after, end: { outcome: "failed", reason } };
    }
    case "wait": {
      const next = waitUntil(held.job, { ...result, now: options.now });
      const { reason } = result;
      return postpone(held, { next, write, outcome: "wait", reason, ...options });
    }
    case "not_yet": {
      const delayMs = nextDelayMs(held.job, options);
      const { exhausted } = result;
      if (delayMs === undefined && "reason" in exhausted) {
        return giveUp(held, { ...options, ...exhausted });
      }
      const next = delayMs === undefined
        ? { ...succeeded, ...exhausted }
        : countFailure(held.job, { delayMs, ...options });
      return postpone(held, { next, write, outcome: "not_yet", ...options });
    }
    case "dead": {
      const { reason, status, data = held.job.data, failures = held.job.failures } = result;
      return giveUp({ row, job: { ...held.job, data, failures } }, { ...options, reason, status });
    }
  }
}

/** The log fields that name a job. */
export function jobFields(
  kind: JobKind,
  { id, failures }: Pick<Job, "id" | "failures">,
): LogFields {
  const subject = kind.subjectOf === undefined ? {} : { identityId: kind.subjectOf(id) };
  return { job: kind.name, ...subject, [kind.idField]: id, failures };
}

function postpone(
  { row }: Held,
  { next, write, outcome, reason, kind, now }: ConcludeOptions & {
    next: Job;
    write: Write;
    reason?: string;
    outcome: "again" | "wait" | "not_yet";
  },
): AfterRun {
  const message = outcome === "not_yet" ? "Job is not ready yet" : "Job is due again";
  const why = reason === undefined ? {} : { reason };
  const fields = { ...why, dueAt: toTimestamp(next.dueAt) };
  return {
    write: mergeWrites(
      replaceJob(row, next),
      write,
      kind.isPoll ? recordPoll(next, { now }) : {},
    ),
    end: { outcome, ...why },
    logLine: describeLine(outcome === "not_yet" ? "info" : "debug", message, {
      job: next,
      kind,
      fields,
    }),
  };
}

function concludeFailure(held: Held, error: Error, options: ConcludeOptions): AfterRun {
  const { kind, now } = options;
  const failure = options.describeFailure(error, { now });
  const { reason, status, isExpected, isLasting, retryAfterMs } = failure;
  const delayMs = nextDelayMs(held.job, { ...options, isLasting, retryAfterMs });
  if (delayMs === undefined) {
    const last = countFailure(held.job, { delayMs: 0, isLasting, now });
    const after = giveUp({ ...held, job: last }, { reason, status, ...options });
    return { ...after, write: mergeWrites(after.write, failure.write) };
  }
  const job = {
    ...countFailure(held.job, { delayMs, isLasting, now }),
    failing: failWith(held.job.failing, { reason, status, now }),
  };
  return {
    write: mergeWrites(
      replaceJob(held.row, job),
      recordRetry(job, { kind, reason, now }),
      failure.write,
    ),
    end: { outcome: "failed", reason },
    logLine: describeLine(isExpected ? "warn" : "error", "Job failed", {
      job,
      kind,
      fields: { ...describeError(error), reason, retryInMs: delayMs },
    }),
  };
}

function giveUp(
  { row, job }: Held,
  { reason, status, kind, now }: ConcludeOptions & {
    reason: string;
    status?: number | undefined;
  },
): AfterRun {
  const { id, data, failures } = job;
  const answered = status === undefined ? {} : { status };
  const letter: DeadLetter = {
    v: 1,
    kind: kind.name,
    id,
    data,
    reason,
    ...answered,
    failures,
    deadAt: now,
  };
  const outcome = "dead_lettered";
  return {
    write: mergeWrites(
      deleteJob(row),
      { sets: [{ key: deadLetterKey(kind, id), value: letter }] },
      recordDeadLetter(job, { kind, reason, ...answered, now }),
    ),
    end: { outcome, reason },
    logLine: describeLine("error", "Dead letter: the job is not retried", {
      job,
      kind,
      fields: { outcome, reason, ...answered },
    }),
  };
}

function waitUntil(
  job: Job,
  { dueAt, data, extendsSchedule, now }: {
    dueAt: number;
    data: unknown;
    extendsSchedule: boolean;
    now: number;
  },
): Job {
  const { firstFailedAt } = job;
  const next = { ...job, dueAt, data };
  if (firstFailedAt === null || !extendsSchedule) return next;
  return { ...next, firstFailedAt: firstFailedAt + Math.max(0, dueAt - now) };
}

function nextDelayMs(
  job: Job,
  { kind, now, random, isLasting = false, retryAfterMs }: ConcludeOptions & {
    isLasting?: boolean;
    retryAfterMs?: number | undefined;
  },
): number | undefined {
  return retryDelayMs(kind.schedule, {
    failures: job.failures + 1,
    lasting: isLasting ? job.lastingFailures + 1 : 0,
    failingForMs: now - (job.firstFailedAt ?? now),
    retryAfterMs,
    random,
  });
}

function countFailure(
  job: Job,
  { delayMs, isLasting = false, now }: { delayMs: number; isLasting?: boolean; now: number },
): Job {
  return {
    ...job,
    failures: job.failures + 1,
    lastingFailures: job.lastingFailures + (isLasting ? 1 : 0),
    firstFailedAt: job.firstFailedAt ?? now,
    dueAt: now + delayMs,
  };
}

function describeLine(
  level: LogLevel,
  message: string,
  { kind, job, fields }: { kind: JobKind; job: Job; fields: LogFields },
): AfterRun["logLine"] {
  return { level, message, fields: { ...jobFields(kind, job), ...fields } };
}
