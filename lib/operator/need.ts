// SPDX-License-Identifier: Apache-2.0
import type { JobKindName } from "../verification/job_kinds.ts";

/** What can need an operator, the most urgent first. */
export const NEED_NAMES = [
  "dead_letters",
  "starts_paused",
  "starts_failing",
  "failing_jobs",
  "undelivered_events",
  "overdue_jobs",
  "bad_rows",
  "sweep_stopped",
  "differing_identities",
  "unread_identities",
  "never_started",
  "open_reviews",
] as const;

/** One thing that needs an operator. */
export interface Need {
  readonly what: typeof NEED_NAMES[number];
  readonly title: string;
  readonly nextStep: string;
  readonly count: number;
  /** There are more than `count`. */
  readonly isMore: boolean;
  /** Of the oldest. Null where that is not known. */
  readonly since: number | null;
  /** The kind of job. Null where it is about no job. */
  readonly job: JobKindName | null;
  /** Why the jobs fail or were given up. */
  readonly reason: string | null;
  /** The last HTTP status of the upstream. */
  readonly status: number | null;
}

/** The fields that most needs do not have. */
export const NOTHING = {
  count: 1,
  isMore: false,
  since: null,
  job: null,
  reason: null,
  status: null,
};
