// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { COUNT_NAMES } from "../history/hourly_counts.ts";
import { WATCHED_UPSTREAMS } from "../history/upstream_failures.ts";
import { COMPARED_FIELDS } from "../verification/compare_record.ts";
import { JOB_KIND_NAMES } from "../verification/job_kinds.ts";
import { RECONCILE_OUTCOMES } from "../verification/reconcile_identity.ts";
import { NEED_NAMES } from "./need.ts";

/**
 * The answers of the operator API. The routes are typed by these schemas, `GET /openapi.json`
 * publishes them, and the operator's program parses answers with them.
 *
 * @module
 */

const Timestamp = z.iso.datetime();
const MaybeTimestamp = z.nullable(Timestamp);
const MaybeText = z.nullable(z.string());
const Count = z.int().min(0);
const Counts = z.record(z.enum(COUNT_NAMES), Count);

export const VerificationAnswer = z.object({
  "identity_id": z.string(),
  "status": z.string(),
  "verdict": MaybeText,
  "account_id": MaybeText,
  "workflow_execution_id": MaybeText,
  "accepted_at": MaybeTimestamp,
  "initiated_at": MaybeTimestamp,
  "decided_at": MaybeTimestamp,
  "valid_until": MaybeTimestamp,
  "detail": MaybeText,
  /** The strictest decision of this round counts. An operator's restart begins another. */
  "round": Count,
  "execution_count": Count,
  /** Up to this count an operator has allowed executions, whatever the setting says. */
  "executions_allowed": z.nullable(Count),
  "changed_at": MaybeTimestamp,
  "gone_at": MaybeTimestamp,
});

/** A page of verifications. */
export const VerificationsAnswer = z.object({
  "verifications": z.array(VerificationAnswer),
  "next_cursor": MaybeText,
});

/** All that is stored of an identity, except its timeline. */
export const RecordAnswer = z.object({
  "identity_id": z.string(),
  "verification": z.nullable(VerificationAnswer),
  "executions": z.array(z.object({
    "workflow_execution_id": z.string(),
    "created_at": MaybeTimestamp,
    "settled_at": MaybeTimestamp,
    "outcome": MaybeText,
    "conclusion": MaybeText,
    /** What Jumio decided, also where it changed nothing. */
    "verdict": MaybeText,
    "round": z.nullable(Count),
  })),
  "erasure": z.nullable(z.object({
    "requested_at": MaybeTimestamp,
    "erased_at": MaybeTimestamp,
    "by": z.string(),
    "secret_id": z.string(),
  })),
});

/** How the identity in Ory compares with our record. `reason` says why Ory could not be read. */
const OryAnswer = z.object({
  "state": z.enum(["same", "differs", "unknown_identity", "not_compared", "unreadable"]),
  "reason": MaybeText,
  "differences": z.array(z.object({
    "field": z.enum(COMPARED_FIELDS),
    "record": MaybeText,
    "ory": MaybeText,
  })),
});

/** A record, and how Ory compares with it. */
export const ComparedAnswer = RecordAnswer.extend({ "ory": OryAnswer });

/** What publishing again did. `differed` names the fields that differed before. */
export const PublishedAnswer = ComparedAnswer.extend({
  "outcome": z.enum(RECONCILE_OUTCOMES),
  "differed": z.array(z.enum(COMPARED_FIELDS)),
});

/** A record after a restart. */
export const RestartedAnswer = RecordAnswer.extend({
  /** Whether people of the status `pending` can sign in, by `LOGIN_BLOCKED_STATUSES`. */
  "pending_can_sign_in": z.boolean(),
});

/** An event of a timeline. The other fields depend on the kind of event. */
export const EventAnswer = z.object({ "at": Timestamp, "event": z.string() })
  .catchall(z.union([z.string(), z.number(), z.null()]));

/** A page of a timeline. */
export const TimelineAnswer = z.object({
  "identity_id": z.string(),
  "events": z.array(EventAnswer),
  "next_cursor": MaybeText,
});

const SweepCountsAnswer = z.object({
  "looked_at": Count,
  "differing": Count,
  "published": Count,
  "adopting": Count,
  "failed": Count,
  "never_started": Count,
  "started": Count,
});

const SweepReportAnswer = z.object({
  "started_at": Timestamp,
  "ended_at": Timestamp,
  "end": z.enum(["finished", "stopped"]),
  "requested_by": MaybeText,
  "counts": SweepCountsAnswer,
  "never_started_ids": z.array(z.string()),
});

/** The sweep of all identities. */
export const SweepAnswer = z.object({
  "state": z.enum(["under_way", "waiting", "stopped", "off"]),
  "due_at": MaybeTimestamp,
  "progress": z.nullable(z.object({
    "started_at": MaybeTimestamp,
    "requested_by": MaybeText,
    "dry_run": z.boolean(),
    "counts": SweepCountsAnswer,
  })),
  "last": z.nullable(SweepReportAnswer),
  "last_dry_run": z.nullable(SweepReportAnswer),
  "never_started": Count,
});

/** What holds all starts back. */
export const StartsAnswer = z.object({
  "paused_at": MaybeTimestamp,
  "paused_by": z.nullable(z.string()),
  /** Since when most create calls fail, so that one start a minute is tried. */
  "breaker_opened_at": MaybeTimestamp,
});

/** One thing that needs an operator. */
export const NeedAnswer = z.object({
  "what": z.enum(NEED_NAMES),
  "title": z.string(),
  "next_step": z.string(),
  "count": Count,
  "count_is_more": z.boolean(),
  /** Of the oldest. */
  "since": MaybeTimestamp,
  "job": z.nullable(z.enum(JOB_KIND_NAMES)),
  "reason": MaybeText,
  /** The last HTTP status of the upstream. */
  "status": z.nullable(z.int()),
});

export const StatusAnswer = z.object({
  /** What needs an operator, the most urgent first. */
  "needs": z.array(NeedAnswer),
  "starts": StartsAnswer,
  "sweep": SweepAnswer,
  "queues": z.record(
    z.enum(JOB_KIND_NAMES),
    z.object({
      "waiting": Count,
      "due": Count,
      "due_is_more": z.boolean(),
      "oldest_due_at": MaybeTimestamp,
    }),
  ),
  "dead_letters": z.object({ "count": Count, "is_more": z.boolean() }),
  /** When the application's 410 paused the delivery of events. */
  "events_paused_at": MaybeTimestamp,
  "upstreams": z.record(
    z.enum(WATCHED_UPSTREAMS),
    z.object({
      "failures_last_hours": Count,
      "failures_last_day": Count,
      "last_failure": z.nullable(z.object({
        "at": Timestamp,
        "reason": z.string(),
        "status": z.nullable(z.int()),
      })),
    }),
  ),
  "last_hours": Counts,
  "last_day": Counts,
});

/** A dead letter without its data, which may name an account. */
export const DeadLetterAnswer = z.object({
  "kind": z.enum(JOB_KIND_NAMES),
  "id": z.string(),
  "reason": z.string(),
  /** The HTTP status of the last failure. */
  "status": z.nullable(z.int()),
  /** Who failed. Null where nobody outside did. */
  "upstream": MaybeText,
  /** What the job was to do. */
  "action": z.string(),
  "meaning": z.string(),
  "next_step": z.string(),
  "failures": Count,
  "dead_at": Timestamp,
});

/** A page of dead letters. */
export const DeadLettersAnswer = z.object({
  "dead_letters": z.array(DeadLetterAnswer),
  "next_cursor": MaybeText,
});

export const ClosedLetterAnswer = z.object({
  "kind": z.enum(JOB_KIND_NAMES),
  "id": z.string(),
  "outcome": z.enum(["replayed", "discarded"]),
  /** What leads on if the job fails again. Null where only another replay does. */
  "advice": z.string().nullable(),
});

/** The sweep after a request for one. */
export const RequestedSweepAnswer = z.object({
  "outcome": z.enum(["requested", "under_way", "stopped"]),
  "sweep": SweepAnswer,
});

/** One page of `reconcile`: the polls on it that were brought forward. */
export const ReconciledAnswer = z.object({
  "looked_at": Count,
  "brought_forward": Count,
  "next_cursor": z.nullable(z.object({ "due_at": z.number(), "id": z.string() })),
});

export const ResumedEventsAnswer = z.object({ "outcome": z.enum(["resumed", "not_paused"]) });

/** One page of the events that were given up. */
export const ReplayedEventsAnswer = z.object({
  "looked_at": Count,
  "replayed": Count,
  "next_cursor": MaybeText,
});
