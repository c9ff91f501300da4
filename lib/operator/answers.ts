import * as z from "zod";
import { COUNT_NAMES } from "../history/hourly_counts.ts";
import { JOB_KIND_NAMES } from "../verification/job_kinds.ts";

/**
 * What the operator API answers. The routes are held to it by the compiler, `GET /openapi.json` shows
 * it, and the operator's program reads answers by it.
 *
 * @module
 */

const Moment = z.iso.datetime();
const MaybeMoment = z.nullable(Moment);
const MaybeText = z.nullable(z.string());
const Count = z.int().min(0);
const Counts = z.record(z.enum(COUNT_NAMES), Count);

export const VerificationAnswer = z.object({
  "identity_id": z.string(),
  "status": z.string(),
  "verdict": MaybeText,
  "account_id": MaybeText,
  "workflow_execution_id": MaybeText,
  "accepted_at": MaybeMoment,
  "initiated_at": MaybeMoment,
  "decided_at": MaybeMoment,
  "changed_at": MaybeMoment,
  "gone_at": MaybeMoment,
});

/** A page of verifications. */
export const VerificationsAnswer = z.object({
  "verifications": z.array(VerificationAnswer),
  "next_cursor": MaybeText,
});

/** All that is kept of an identity, but for its timeline. */
export const RecordAnswer = z.object({
  "identity_id": z.string(),
  "verification": z.nullable(VerificationAnswer),
  "executions": z.array(z.object({
    "workflow_execution_id": z.string(),
    "created_at": MaybeMoment,
    "settled_at": MaybeMoment,
    "outcome": MaybeText,
    "conclusion": MaybeText,
  })),
  "erasure": z.nullable(z.object({
    "requested_at": MaybeMoment,
    "erased_at": MaybeMoment,
    "by": z.string(),
    "secret_id": z.string(),
  })),
});

/** An event of a timeline: beside these two, what kind of event it is decides what it has. */
export const EventAnswer = z.object({ "at": Moment, "event": z.string() })
  .catchall(z.union([z.string(), z.number(), z.null()]));

/** A page of a timeline. */
export const TimelineAnswer = z.object({
  "identity_id": z.string(),
  "events": z.array(EventAnswer),
  "next_cursor": MaybeText,
});

/** How the service does. */
export const StatusAnswer = z.object({
  "queues": z.record(
    z.enum(JOB_KIND_NAMES),
    z.object({
      "waiting": Count,
      "due": Count,
      "due_is_more": z.boolean(),
      "oldest_due_at": MaybeMoment,
    }),
  ),
  "dead_letters": z.object({ "count": Count, "is_more": z.boolean() }),
  "upstreams": z.record(
    z.enum(["jumio", "kratos"]),
    z.object({
      "failures_last_hours": Count,
      "failures_last_day": Count,
      "last_failure": z.nullable(z.object({
        "at": Moment,
        "reason": z.string(),
        "status": z.nullable(z.int()),
      })),
    }),
  ),
  "last_hours": Counts,
  "last_day": Counts,
});

/** A dead letter. Its data is not told: it may name an account. */
export const DeadLetterAnswer = z.object({
  "kind": z.enum(JOB_KIND_NAMES),
  "id": z.string(),
  "reason": z.string(),
  "failures": Count,
  "dead_at": Moment,
});

/** A page of dead letters. */
export const DeadLettersAnswer = z.object({
  "dead_letters": z.array(DeadLetterAnswer),
  "next_cursor": MaybeText,
});

/** What became of a dead letter. */
export const ClosedLetterAnswer = z.object({
  "kind": z.enum(JOB_KIND_NAMES),
  "id": z.string(),
  "outcome": z.enum(["replayed", "discarded"]),
});

/** A page of identities that was looked through for those without a verification. */
export const MissingAnswer = z.object({
  "dry_run": z.boolean(),
  "looked_at": Count,
  "missing": z.array(z.string()),
  "started": Count,
  "next_page_token": MaybeText,
});

/** A page of polls that were brought forward. */
export const ReconciledAnswer = z.object({
  "looked_at": Count,
  "brought_forward": Count,
  "next_cursor": z.nullable(z.object({ "due_at": z.number(), "id": z.string() })),
});
