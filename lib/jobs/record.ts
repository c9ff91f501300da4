import { countOne } from "../history/hourly_counts.ts";
import { UpstreamError } from "../upstream/error.ts";
import type { Job } from "./job.ts";
import { mergeWrites, type Write } from "../kv/write.ts";
import { recordEvent } from "../history/timeline.ts";

/** What an upstream last did that we could not use. */
export interface UpstreamFailure {
  readonly v: 1;
  readonly at: number;
  readonly reason: string;
  readonly status: number | null;
}

/** Where an upstream's last failure is kept. */
export function upstreamFailureKey(upstream: "jumio" | "kratos"): Deno.KvKey {
  return ["upstream_failure", upstream];
}

/** One line for all polls of a job: somebody who never finishes must not fill a timeline. */
export function recordPoll(job: Job, { now }: { now: number }): Write {
  if (job.kind !== "check") return {};
  return recordEvent(job.id, {
    at: job.createdAt,
    event: "poll",
    details: { outcome: "unfinished", "last_at": now, "next_at": job.dueAt },
    collapsesAs: "polls",
  });
}

/** One line for the failures in a row of a job, and what the upstream did. */
export function recordFailure(
  job: Job,
  { reason, error, now }: { reason: string; error: Error; now: number },
): Write {
  const { kind, failures, dueAt, firstFailedAt } = job;
  const retry = recordEvent(job.id, {
    at: firstFailedAt ?? now,
    event: "retry",
    details: { outcome: "failed", job: kind, reason, failures, "last_at": now, "next_at": dueAt },
    collapsesAs: `retries of ${kind}`,
  });
  if (!(error instanceof UpstreamError) || error.upstream === "kv") return retry;
  const value: UpstreamFailure = {
    v: 1,
    at: now,
    reason: error.reason,
    status: error.status ?? null,
  };
  return mergeWrites(retry, countOne(`${error.upstream}_failures`, now), {
    sets: [{ key: upstreamFailureKey(error.upstream), value }],
  });
}

/** That no further try is made. */
export function recordBurial(
  { kind, id, failures }: Job,
  { reason, now }: { reason: string; now: number },
): Write {
  const details = { outcome: "dead_lettered", job: kind, reason, failures };
  return mergeWrites(
    countOne("dead_letters", now),
    recordEvent(id, { at: now, event: "dead_letter", details }),
  );
}
