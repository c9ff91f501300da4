// SPDX-License-Identifier: Apache-2.0
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
    details: { outcome: "unfinished", "last_at": now },
    collapsesAs: "polls",
  });
}

/** One event for all failures of a job in a row. */
export function recordRetry(
  { id, failures, failing }: Job,
  { kind, reason, now }: { kind: JobKind; reason: string; now: number },
): Write {
  return recordEvent(subjectOf(kind, id), {
    at: failing?.since ?? now,
    event: "retry",
    details: { outcome: "failed", job: kind.name, reason, failures, "last_at": now },
    collapsesAs: `retries of ${kind.name}`,
  });
}

/** Records that a job was given up. */
export function recordDeadLetter(
  { id, failures }: Job,
  { kind, now, ...why }: { kind: JobKind; reason: string; status?: number; now: number },
): Write {
  const details = { outcome: "dead_lettered", job: kind.name, ...why, failures };
  return mergeWrites(
    countOne("dead_letters", now),
    recordEvent(subjectOf(kind, id), { at: now, event: "dead_letter", details }),
  );
}
