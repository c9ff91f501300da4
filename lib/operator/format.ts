// SPDX-License-Identifier: Apache-2.0
import type { BoundedCount } from "../jobs/queue_status.ts";
import type { ReconcileOutcome } from "../verification/reconcile_identity.ts";

/** A job that has been due for longer than this is not being worked on. */
const OVERDUE_MS = 5 * 60_000;

/** That the application answered 410. Events are kept until an operator resumes their delivery. */
export const EVENTS_PAUSED = "Your application wants no more events: their delivery is paused";

const PUBLICATIONS: Readonly<Record<ReconcileOutcome, string>> = {
  "same": "Ory has what our record says. Nothing was published.",
  "published": "Our record is being published.",
  "adopting":
    "Ory names an execution or a decision that our record does not have. Nothing was published: Jumio is asked about it.",
  "erased": "This identity was erased. Nothing was published.",
  "not_started": "There is no record to publish: the verification was never started.",
  "unknown_identity": "Ory does not know this identity. Nothing was published.",
};

/** Whether the oldest due job of a queue shows that no instance works on the queue. */
export function isOverdue(oldestDueAt: number | undefined, now: number): boolean {
  return oldestDueAt !== undefined && oldestDueAt < now - OVERDUE_MS;
}

/** A time in UTC, to the second: `2026-05-04 09:00:00`. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** A count; with a plus where counting stopped at its limit. */
export function formatCount({ count, isMore }: BoundedCount): string {
  return isMore ? `${count}+` : String(count);
}

/** Says what publishing again did. */
export function describePublication(outcome: ReconcileOutcome): string {
  return PUBLICATIONS[outcome];
}

/** Says why Ory could not be compared. `reason` is that of the failed call. */
export function describeUnreadable(reason: string | null): string {
  return `could not be read (${reason ?? "unknown"})`;
}

/** Says how many people registered and were never started. */
export function describeNeverStarted(count: number): string {
  return count === 1
    ? "One person registered and was never started"
    : `${count} people registered and were never started`;
}
