import { countOne } from "../history/hourly_counts.ts";
import { recordEvent } from "../history/timeline.ts";
import type { Job } from "./job.ts";
import { type JobKind, subjectOf } from "./kind.ts";
import { mergeWrites, type Write } from "../kv/write.ts";

/** One event for all polls of a job, so that an unfinished execution does not fill a timeline. */
export function recordPoll(job: Job, { now }: { now: number }): Write {
  return recordEvent(job.id, {
    at: job.createdAt,
    event: "poll",
    details: { outcome: "unfinished", "last_at": now, "next_at": job.dueAt },
    collapsesAs: "polls",
  });
}

/** One event for all failures of a job in a row. It has no next try after the last one. */
export function recordRetry(
  { id, failures, dueAt, failing }: Job,
  { kind, reason, now, isLast = false }: {
    kind: JobKind;
    reason: string;
    now: number;
    isLast?: boolean;
  },
): Write {
  return recordEvent(subjectOf(kind, id), {
    at: failing?.since ?? now,
    event: "retry",
    details: {
      outcome: "failed",
      job: kind.name,
      reason,
      failures,
      "last_at": now,
      ...(isLast ? {} : { "next_at": dueAt }),
    },
    collapsesAs: `retries of ${kind.name}`,
  });
}

/** Records that a job was given up. */
export function recordDeadLetter(
  job: Job,
  { kind, now, ...why }: { kind: JobKind; reason: string; status?: number; now: number },
): Write {
  const { id, failures, failing, firstFailedAt } = job;
  // Only then is there an event of earlier failures, which says when the next try is.
  const hasRetried = failing !== null && firstFailedAt !== null;
  const details = { outcome: "dead_lettered", job: kind.name, ...why, failures };
  return mergeWrites(
    countOne("dead_letters", now),
    hasRetried ? recordRetry(job, { kind, reason: why.reason, now, isLast: true }) : {},
    recordEvent(subjectOf(kind, id), { at: now, event: "dead_letter", details }),
  );
}
