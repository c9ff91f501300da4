// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { PublishedMetadata } from "./published_metadata.ts";
import { type Verdict, VERIFICATION_STATUSES, type VerificationStatus } from "./verdict.ts";
import { toTimestamp } from "../timestamp.ts";

/** What an application can be told about. */
export const EVENT_TYPES = ["verification.changed", "verification.ending"] as const;

export type EventType = typeof EVENT_TYPES[number];

/**
 * The body of an event, as the application gets it. It has no personal data, and never the person's
 * link, which gives access.
 */
export const VerificationEvent = z.lazy(() => {
  const { shape } = PublishedMetadata.unwrap();
  return z.object({
    "type": z.enum(EVENT_TYPES),
    "timestamp": z.iso.datetime().describe("When it happened. The event may be delivered later"),
    "data": z.object({
      "identity_id": z.string().describe("The id of the identity in Ory"),
      "status": shape.status,
      "previous_status": z.enum(["none", ...VERIFICATION_STATUSES])
        .describe("`none`: nothing was published on the identity before"),
      "verdict": shape.verdict,
      "detail": shape.detail,
      "workflow_execution_id": shape["workflow_execution_id"],
      "decided_at": shape["decided_at"],
      "valid_until": shape["valid_until"],
      "sequence": z.int().min(1).describe(
        "Grows with each change of an identity, and not by one. Drop an event with a lower number " +
          "than one that you have seen of the same identity",
      ),
    }),
  }).describe("The body of an event. New fields may come");
});

export type VerificationEvent = z.output<typeof VerificationEvent>;

/** Data of the job that delivers an event. The job's id is made by {@linkcode notifyJobId}. */
export interface NotifyData {
  /** The same for all deliveries of the event, and of no other event. */
  readonly webhookId: string;
  readonly event: VerificationEvent;
}

/** The parts of a verification that events are about. */
interface Announced {
  readonly identityId: string;
  readonly status: VerificationStatus;
  readonly verdict: Verdict | null;
  readonly detail: VerificationEvent["data"]["detail"];
  readonly workflowExecutionId: string | null;
  readonly decidedAt: number | null;
  readonly validUntil: number | null;
  readonly sequence: number;
}

/**
 * The event of a change from one state of a record to the next. Undefined if neither status nor
 * verdict changed.
 *
 * Its `sequence` is the time of the change where possible, so that it also grows if KV is lost or put
 * back to an older copy, and an application drops nothing new.
 */
export function describeChange(
  previous: Announced | null,
  next: Announced,
  { changedAt }: { changedAt: number },
): VerificationEvent | undefined {
  const before = announcedStatus(previous);
  const isChanged = before !== announcedStatus(next) ||
    (previous?.verdict ?? null) !== next.verdict;
  if (!isChanged) return undefined;
  return createEvent("verification.changed", {
    subject: { ...next, sequence: Math.max((previous?.sequence ?? 0) + 1, changedAt) },
    previousStatus: before,
    at: changedAt,
  });
}

/** The event that the validity of a verification ends soon. It has a `sequence` of its own. */
export function describeEnding(subject: Announced, { now }: { now: number }): VerificationEvent {
  return createEvent("verification.ending", {
    subject: { ...subject, sequence: Math.max(subject.sequence + 1, now) },
    previousStatus: subject.status,
    at: now,
  });
}

/** Creates the event of a verification. */
function createEvent(
  type: EventType,
  { subject, previousStatus, at }: {
    subject: Announced;
    previousStatus: VerificationStatus | "none";
    at: number;
  },
): VerificationEvent {
  return {
    type,
    "timestamp": toTimestamp(at),
    "data": {
      "identity_id": subject.identityId,
      "status": subject.status,
      "previous_status": previousStatus,
      "verdict": subject.verdict,
      "detail": subject.detail,
      "workflow_execution_id": subject.workflowExecutionId,
      "decided_at": toTimestamp(subject.decidedAt),
      "valid_until": toTimestamp(subject.validUntil),
      "sequence": subject.sequence,
    },
  };
}

/** Nothing is published of a verification before Jumio has created its first execution. */
function announcedStatus(record: Announced | null): VerificationStatus | "none" {
  if (record === null) return "none";
  const { status, workflowExecutionId } = record;
  return status === "pending" && workflowExecutionId === null ? "none" : status;
}

/** The id of the job of an event. The jobs of an identity are in the order of their numbers. */
export function notifyJobId(identityId: string, sequence: number): string {
  // Until the year 2286, a time in milliseconds has 13 digits.
  return `${identityId}_${String(sequence).padStart(13, "0")}`;
}
