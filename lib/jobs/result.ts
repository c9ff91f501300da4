// SPDX-License-Identifier: Apache-2.0
import type { Write } from "../kv/write.ts";

/** What became of a job that is done. */
export type JobOutcome = "applied" | "superseded" | "ignored" | "identity_gone" | "limit_reached";

/** An execution that a run settled, for the metrics. */
export interface SettledExecution {
  /** A poll found the result: no callback had come. */
  readonly isPolled: boolean;
  /** What it said about its person, also where that changed nothing. */
  readonly decided: { readonly verdict: string; readonly status: string };
  /** It rejected a person who was verified. */
  readonly isOverturned: boolean;
}

/** What a run of a job results in. Its write is committed together with the job's own change. */
export type JobResult<Data = unknown> =
  | {
    readonly kind: "done";
    readonly outcome: JobOutcome;
    /** If one of its checks fails, the job runs again. */
    readonly write?: Write;
    /** Instead of `write`, for work that must not run twice: built again if a check fails. */
    readonly buildWrite?: () => Promise<Write>;
    /**
     * The job's data if the write cannot be committed: it names what was made outside, for a later
     * run to record.
     */
    readonly made?: Data;
    readonly settled?: SettledExecution;
  }
  | {
    readonly kind: "again";
    readonly dueAt: number;
    readonly data: Data;
    readonly write?: Write;
    /**
     * Reports the run as a failure with this reason: what an earlier run did had been undone. The
     * handler counts such failures in `data`, because requests must not wait for the job's schedule.
     */
    readonly failure?: string;
  }
  /**
   * Nothing was tried, because it must not be tried before `dueAt`. Failures stay counted, and with
   * `extendsSchedule` the wait does not bring the end of the schedule nearer.
   */
  | {
    readonly kind: "wait";
    readonly dueAt: number;
    /** Stable: alerts depend on it. */
    readonly reason: string;
    readonly extendsSchedule: boolean;
    readonly data: Data;
    readonly write?: Write;
  }
  /**
   * Tried again by the kind's schedule. When that is exhausted, `exhausted` says when the job is due
   * again, or why it is a dead letter.
   */
  | {
    readonly kind: "not_yet";
    readonly exhausted:
      | { readonly dueAt: number; readonly data: Data }
      | { readonly reason: string };
  }
  | {
    /** No retry can help. */
    readonly kind: "dead";
    readonly reason: string;
    /** The HTTP status by which an upstream said so. */
    readonly status?: number;
    /** What a replay works on. Missing: the same as this run. */
    readonly data?: Data;
    /** Missing: the job's own count. */
    readonly failures?: number;
  };

/** How a run ended, for the metrics and its span. */
export interface JobEnd {
  readonly outcome:
    | JobOutcome
    | "again"
    | "wait"
    | "not_yet"
    | "failed"
    | "dead_lettered"
    | "lease_ended";
  /** Why the run failed or the job was given up. Stable: alerts depend on it. */
  readonly reason?: string;
  readonly settled?: SettledExecution | undefined;
}

/** What an error that a run threw means for its job. */
export interface JobFailure {
  /** Stable: alerts depend on it. */
  readonly reason: string;
  /** Expected failures are logged as warnings, all others as errors. */
  readonly isExpected: boolean;
  /** No retry is likely to mend it: the job is given up after few such failures. */
  readonly isLasting: boolean;
  /** The HTTP status of an upstream's answer. */
  readonly status?: number | undefined;
  /** How long an upstream asked to wait. */
  readonly retryAfterMs?: number | undefined;
  /** Recorded together with the retry. */
  readonly write: Write;
}

/** Describes an error that a run threw. */
export type DescribeFailure = (error: Error, options: { now: number }) => JobFailure;
