// SPDX-License-Identifier: Apache-2.0
import type { DeadLetter } from "../jobs/dead_letters.ts";
import { type FailingJob, isRefused } from "../jobs/failing.ts";
import type { Pause } from "../jobs/pause.ts";
import type { BoundedCount, QueueStatus } from "../jobs/queue_status.ts";
import type { HeldStarts } from "../verification/held_starts.ts";
import { JOB_KIND_NAMES, type JobKindName, NOTIFY } from "../verification/job_kinds.ts";
import type { SweepState } from "../verification/sweep.ts";
import { listSweepNeeds } from "./_sweep_needs.ts";
import { describeCause, describeFailure } from "./cures.ts";
import { type Need, NOTHING } from "./need.ts";
import { EVENTS_PAUSED, formatCount, isOverdue } from "./format.ts";

/** What the list is made from. All of it is bounded. */
export interface NeedSources {
  readonly deadLetters: { readonly letters: readonly DeadLetter[]; readonly hasMore: boolean };
  readonly failing: Readonly<
    Record<JobKindName, { readonly jobs: readonly FailingJob[]; readonly isMore: boolean }>
  >;
  readonly queues: Readonly<Record<JobKindName, QueueStatus>>;
  readonly heldStarts: HeldStarts;
  /** Not null while no events are delivered, because the application answered 410. */
  readonly eventsPause: Pause | null;
  readonly sweep: SweepState;
  readonly badRows: BoundedCount & { readonly oldestAt: number | null };
  readonly reviews: BoundedCount & { readonly oldestAt: number | null };
}

/** A failure without a refusal often passes. It needs an operator after this long. */
const PATIENCE_MS = 10 * 60_000;

/** Lists what needs an operator. Empty: nothing does. */
export function listNeeds(sources: NeedSources, { now }: { now: number }): readonly Need[] {
  return [
    ...listDeadLetterNeeds(sources),
    ...listHeldStarts(sources),
    ...listFailingNeeds(sources, now),
    ...listPausedEvents(sources),
    ...listOverdue(sources, now),
    ...listBadRows(sources),
    ...listSweepNeeds(sources.sweep),
    ...listReviews(sources),
  ];
}

function listDeadLetterNeeds({ deadLetters: { letters, hasMore } }: NeedSources): Need[] {
  const groups = Map.groupBy(
    letters,
    ({ kind, reason, status }) => `${kind} ${reason} ${status ?? ""}`,
  );
  return [...groups.values()].map((group): Need => {
    const [{ kind, reason, status } = { kind: "", reason: "" }] = group;
    const cause = { kind, reason, status: status ?? null };
    const bounded = { count: group.length, isMore: hasMore };
    return {
      ...NOTHING,
      ...bounded,
      what: "dead_letters",
      title: `${countOf(bounded, "job")} given up: could not ${describeJob(cause)}`,
      nextStep: `${describeFailure(cause).nextStep}. To see them: dead-letter list`,
      since: Math.min(...group.map(({ deadAt }) => deadAt)),
      job: findName(kind),
      reason,
      status: status ?? null,
    };
  });
}

function listHeldStarts({ heldStarts: { paused, breakerOpenedAt } }: NeedSources): Need[] {
  const needs: Need[] = [];
  if (paused !== null) {
    needs.push({
      ...NOTHING,
      what: "starts_paused",
      title: `All starts are paused by ${paused.by}`,
      nextStep: "When the incident is over: resume starts",
      since: paused.at,
      job: "start",
    });
  }
  if (breakerOpenedAt !== null) {
    needs.push({
      ...NOTHING,
      what: "starts_failing",
      title: "Most create calls at Jumio fail, so starts wait",
      nextStep:
        "One start a minute is tried, and the first success lets all go on. To stop these " +
        "too: pause starts",
      since: breakerOpenedAt,
      job: "start",
    });
  }
  return needs;
}

function listFailingNeeds({ failing }: NeedSources, now: number): Need[] {
  return JOB_KIND_NAMES.flatMap((kind) => {
    const { jobs, isMore } = failing[kind];
    const groups = Map.groupBy(jobs, ({ reason, status }) => `${reason} ${status}`);
    return [...groups.values()].flatMap((group): Need[] => {
      // The list is in the order of time.
      const [oldest] = group;
      if (oldest === undefined || !needsOperator(oldest, now)) return [];
      const { since, reason, status } = oldest;
      const cause = { kind, reason, status };
      const bounded = { count: group.length, isMore };
      return [{
        what: kind === NOTIFY.name ? "undelivered_events" : "failing_jobs",
        title: `${countOf(bounded, "job")} failing: cannot ${describeJob(cause)}`,
        nextStep: describeFailure(cause).nextStep,
        ...bounded,
        since,
        job: kind,
        reason,
        status,
      }];
    });
  });
}

/** Whether a failure has to be looked at now. */
function needsOperator(job: FailingJob, now: number): boolean {
  return isRefused(job) || job.reason === "bug" || now - job.since >= PATIENCE_MS;
}

function listPausedEvents({ eventsPause, queues }: NeedSources): Need[] {
  if (eventsPause === null) return [];
  return [{
    ...NOTHING,
    what: "undelivered_events",
    title: EVENTS_PAUSED,
    nextStep: "Events are kept. To deliver them again: events resume",
    count: queues.notify.waiting,
    since: eventsPause.pausedAt,
    job: "notify",
    status: 410,
  }];
}

function listOverdue({ queues, eventsPause }: NeedSources, now: number): Need[] {
  return JOB_KIND_NAMES.flatMap((kind): Need[] => {
    if (kind === NOTIFY.name && eventsPause !== null) return [];
    const { due, oldestDueAt } = queues[kind];
    if (!isOverdue(oldestDueAt, now)) return [];
    return [{
      ...NOTHING,
      ...due,
      what: "overdue_jobs",
      title: `Work is overdue: ${kind} (${countOf(due, "job")})`,
      nextStep: "Bring KV or the upstream back. If both work, restart an instance",
      since: oldestDueAt ?? null,
      job: kind,
    }];
  });
}

function listBadRows({ badRows: { oldestAt, ...bounded } }: NeedSources): Need[] {
  return bounded.count === 0 ? [] : [{
    ...NOTHING,
    ...bounded,
    what: "bad_rows",
    title: `${countOf(bounded, "row")} of KV set aside: damaged, or of a newer version`,
    nextStep: "After a downgrade, upgrade again. Else the log line of each row says what is wrong",
    since: oldestAt,
  }];
}

function listReviews({ reviews: { oldestAt, ...bounded } }: NeedSources): Need[] {
  return bounded.count === 0 ? [] : [{
    ...NOTHING,
    ...bounded,
    what: "open_reviews",
    title: `${countOf(bounded, "review")} open`,
    nextStep: "verification list --status review, then verification decide",
    since: oldestAt,
  }];
}

function describeJob(cause: { kind: string; reason: string; status: number | null }): string {
  return `${describeFailure(cause).action}, ${describeCause(cause)}`;
}

function countOf(bounded: BoundedCount, noun: string): string {
  return `${formatCount(bounded)} ${noun}${bounded.count === 1 && !bounded.isMore ? "" : "s"}`;
}

function findName(kind: string): JobKindName | null {
  return JOB_KIND_NAMES.find((name) => name === kind) ?? null;
}
