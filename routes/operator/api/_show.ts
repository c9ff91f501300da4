// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { toTimestamp } from "../../../lib/timestamp.ts";
import type {
  ComparedAnswer,
  DeadLetterAnswer,
  EventAnswer,
  NeedAnswer,
  RecordAnswer,
  StartsAnswer,
  StatusAnswer,
  SweepAnswer,
  VerificationAnswer,
} from "../../../lib/operator/answers.ts";
import type { DeadLetter } from "../../../lib/jobs/dead_letters.ts";
import { describeFailure } from "../../../lib/operator/cures.ts";
import type { Need } from "../../../lib/operator/need.ts";
import type { OryCopy } from "../../../lib/operator/ory_copy.ts";
import type { ServiceStatus } from "../../../lib/operator/service_status.ts";
import type { TimelineEvent } from "../../../lib/history/timeline.ts";
import type { HeldStarts } from "../../../lib/verification/held_starts.ts";
import { WATCHED_UPSTREAMS } from "../../../lib/history/upstream_failures.ts";
import type { JobKindName, SweepCounts } from "../../../lib/verification/job_kinds.ts";
import type { VerificationRecord } from "../../../lib/verification/list.ts";
import type { SweepReport, SweepState } from "../../../lib/verification/sweep.ts";
import { changedAtOf, type Verification } from "../../../lib/verification/rows.ts";

/** Converts a verification to its form in the API. */
export function showVerification(verification: Verification): z.output<typeof VerificationAnswer> {
  return {
    "identity_id": verification.identityId,
    "status": verification.status,
    "verdict": verification.verdict,
    "account_id": verification.accountId,
    "workflow_execution_id": verification.workflowExecutionId,
    "accepted_at": toTimestamp(verification.acceptedAt),
    "initiated_at": toTimestamp(verification.initiatedAt),
    "decided_at": toTimestamp(verification.decidedAt),
    "valid_until": toTimestamp(verification.validUntil),
    "detail": verification.detail,
    "round": verification.round,
    "execution_count": verification.executionCount,
    "executions_allowed": verification.executionsAllowed,
    "changed_at": toTimestamp(changedAtOf(verification)),
    "gone_at": toTimestamp(verification.goneAt),
  };
}

/** Converts everything about an identity to its form in the API. */
export function showRecord(record: VerificationRecord): z.output<typeof RecordAnswer> {
  const { identityId, verification, executions, tombstone } = record;
  return {
    "identity_id": identityId,
    "verification": verification === null ? null : showVerification(verification),
    "executions": executions.map(({ id, execution }) => ({
      "workflow_execution_id": id,
      "created_at": toTimestamp(execution?.createdAt),
      "settled_at": toTimestamp(execution?.settled?.at),
      "outcome": execution?.settled?.outcome ?? null,
      "conclusion": execution?.settled?.conclusion ?? null,
      "verdict": execution?.settled?.verdict ?? null,
      "round": execution?.round ?? null,
    })),
    "erasure": tombstone === null ? null : {
      "requested_at": toTimestamp(tombstone.requestedAt),
      "erased_at": toTimestamp(tombstone.erasedAt),
      "by": tombstone.by,
      "secret_id": tombstone.secretId,
    },
  };
}

/** Converts how Ory compares with a record to its form in the API. */
export function showOryCopy(copy: OryCopy): z.output<typeof ComparedAnswer>["ory"] {
  return {
    "state": copy.state,
    "reason": copy.state === "unreadable" ? copy.reason : null,
    "differences": copy.state === "differs" ? [...copy.differences] : [],
  };
}

/** Converts an event of a timeline to its form in the API. */
export function showEvent(
  { at, event, details }: TimelineEvent,
): z.output<typeof EventAnswer> {
  const shown = Object.entries(details).map(([name, value]) => [
    name,
    name.endsWith("_at") && typeof value === "number" ? toTimestamp(value) : value,
  ]);
  return { "at": toTimestamp(at), event, ...Object.fromEntries(shown) };
}

/** Converts a dead letter to its form in the API, without its data, which may name an account. */
export function showDeadLetter(
  { kind, id, reason, failures, deadAt, ...letter }: DeadLetter,
): z.output<typeof DeadLetterAnswer> {
  const status = letter.status ?? null;
  const { upstream, action, meaning, nextStep } = describeFailure({ kind, reason, status });
  // Only jobs of these kinds are stored.
  return {
    kind: kind as JobKindName,
    id,
    reason,
    status,
    upstream,
    action,
    meaning,
    "next_step": nextStep,
    failures,
    "dead_at": toTimestamp(deadAt),
  };
}

/** Converts the service's status to its form in the API. */
export function showStatus(status: ServiceStatus): z.output<typeof StatusAnswer> {
  const queues = Object.entries(status.queues).map((
    [kind, { waiting, due, oldestDueAt }],
  ) => [
    kind,
    {
      waiting,
      "due": due.count,
      "due_is_more": due.isMore,
      "oldest_due_at": toTimestamp(oldestDueAt),
    },
  ]);
  const { count, isMore } = status.deadLetters;
  const upstreams = WATCHED_UPSTREAMS.map((name) => {
    const failure = status.lastFailures[name];
    return [name, {
      "failures_last_hours": status.lastHours[`${name}_failures`],
      "failures_last_day": status.lastDay[`${name}_failures`],
      "last_failure": failure === null ? null : {
        "at": toTimestamp(failure.at),
        reason: failure.reason,
        status: failure.status,
      },
    }];
  });
  return {
    "needs": status.needs.map(showNeed),
    "starts": showHeldStarts(status.heldStarts),
    "sweep": showSweep(status.sweep),
    "queues": Object.fromEntries(queues),
    "dead_letters": { count, "is_more": isMore },
    "events_paused_at": toTimestamp(status.eventsPause?.pausedAt),
    "upstreams": Object.fromEntries(upstreams),
    "last_hours": status.lastHours,
    "last_day": status.lastDay,
  };
}

function showNeed(need: Need): z.output<typeof NeedAnswer> {
  const { what, title, nextStep, count, isMore, since, job, reason, status } = need;
  return {
    what,
    title,
    "next_step": nextStep,
    count,
    "count_is_more": isMore,
    "since": toTimestamp(since),
    job,
    reason,
    status,
  };
}

/** Converts what holds starts back to its form in the API. */
export function showHeldStarts(
  { paused, breakerOpenedAt }: HeldStarts,
): z.output<typeof StartsAnswer> {
  return {
    "paused_at": toTimestamp(paused?.at ?? null),
    "paused_by": paused?.by ?? null,
    "breaker_opened_at": toTimestamp(breakerOpenedAt),
  };
}

/** Converts the sweep to its form in the API. */
export function showSweep(
  { state, dueAt, progress, last, lastDryRun, neverStarted }: SweepState,
): z.output<typeof SweepAnswer> {
  return {
    state,
    "due_at": toTimestamp(dueAt),
    "progress": progress === undefined ? null : {
      "started_at": toTimestamp(progress.startedAt),
      "requested_by": progress.requestedBy,
      "dry_run": progress.isDryRun,
      "counts": showCounts(progress.counts),
    },
    "last": showReport(last),
    "last_dry_run": showReport(lastDryRun),
    "never_started": neverStarted,
  };
}

function showReport(report: SweepReport | null): z.output<typeof SweepAnswer>["last"] {
  if (report === null) return null;
  const { startedAt, endedAt, end, requestedBy, counts, neverStartedIds } = report;
  return {
    "started_at": toTimestamp(startedAt),
    "ended_at": toTimestamp(endedAt),
    end,
    "requested_by": requestedBy,
    "counts": showCounts(counts),
    "never_started_ids": [...neverStartedIds],
  };
}

function showCounts(
  { lookedAt, differing, published, adopting, failed, neverStarted, started }: SweepCounts,
): NonNullable<z.output<typeof SweepAnswer>["last"]>["counts"] {
  return {
    "looked_at": lookedAt,
    differing,
    published,
    adopting,
    failed,
    "never_started": neverStarted,
    started,
  };
}
