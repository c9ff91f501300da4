// SPDX-License-Identifier: Apache-2.0
import { subjectOf } from "../../../lib/jobs/kind.ts";
import { findJobKind, type JobKindName } from "../../../lib/verification/job_kinds.ts";
import type { TimelineDetails, TimelineEvent } from "../../../lib/history/timeline.ts";
import { formatTime } from "../../../lib/operator/format.ts";
import type { VerificationStatus } from "../../../lib/verification/verdict.ts";

const JOB_WORDS: Readonly<Record<JobKindName, string>> = {
  start: "Start at Jumio",
  check: "Read from Jumio",
  publish: "Write to Ory",
  notify: "Event to the application",
  erase: "Erase",
  expire: "End of a validity",
  sweep: "Sweep of all identities",
};

const EVENT_WORDS: Readonly<Record<TimelineEvent["event"], string>> = {
  operator: "Operator",
  hook: "Hook from Ory",
  sweep: "Sweep of all identities",
  start: "Start at Jumio",
  callback: "Callback from Jumio",
  poll: "Polls of Jumio",
  check: "Read from Jumio",
  publish: "Write to Ory",
  confirm: "Confirmation in Ory",
  notify: "Event to the application",
  expire: "End of a validity",
  retry: "Retries",
  "dead_letter": "Dead letter",
  view: "Looked at",
};

/** The class that colours a status. */
export const STATUS_TONES: Readonly<Record<VerificationStatus, string>> = {
  pending: "",
  verified: "good",
  review: "warn",
  rejected: "bad",
  expired: "",
};

/** The name of an event on the page. */
export function nameEvent({ event }: TimelineEvent): string {
  return EVENT_WORDS[event];
}

/** The details of an event on the page: the outcome, then the others with their names. */
export function describeDetails({ outcome, ...details }: TimelineDetails): string {
  const named = Object.entries(details).filter(([, value]) => value !== null).map((
    [name, value],
  ) => {
    const isTime = name.endsWith("_at") && typeof value === "number";
    return `${name.replaceAll("_", " ")}: ${isTime ? formatMoment(value) : value}`;
  });
  return [...(outcome === undefined || outcome === null ? [] : [outcome]), ...named].join(" · ");
}

/** Formats a time to the second, as in the log. */
export function formatMoment(ms: number): string {
  return `${formatTime(ms)} UTC`;
}

/** Formats the distance of a time from now: `3 h ago`, `in 2 days`. */
export function formatDistance(ms: number, now: number): string {
  const span = formatSpan(Math.abs(now - ms));
  return ms <= now ? `${span} ago` : `in ${span}`;
}

/** Formats a length of time, rounded to its largest unit: `3 h`. */
export function formatSpan(distanceMs: number): string {
  const [amount, unit] = distanceMs < 60_000
    ? [Math.round(distanceMs / 1_000), "s"]
    : distanceMs < 3_600_000
    ? [Math.round(distanceMs / 60_000), "min"]
    : distanceMs < 172_800_000
    ? [Math.round(distanceMs / 3_600_000), "h"]
    : [Math.round(distanceMs / 86_400_000), "days"];
  return `${amount} ${unit}`;
}

/** What a page calls a kind of job. */
export function nameJob(kind: string): string {
  const name = findJobKind(kind)?.name;
  return name === undefined ? kind : JOB_WORDS[name];
}

/** The id of the identity or execution that a job is about. */
export function nameSubject(kind: string, id: string): string {
  const found = findJobKind(kind);
  return found === undefined ? id : subjectOf(found, id);
}
