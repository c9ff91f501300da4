import type { BoundedCount } from "../jobs/queue.ts";

/** A job that has been due for longer than this is not being worked on. */
const OVERDUE_MS = 5 * 60_000;

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

/** Says how many dead letters there are. */
export function describeDeadLetters(letters: BoundedCount): string {
  return letters.count === 1
    ? "One dead letter waits for a person"
    : `${formatCount(letters)} dead letters wait for a person`;
}
