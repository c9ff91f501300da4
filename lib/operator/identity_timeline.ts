// SPDX-License-Identifier: Apache-2.0
import { readTimeline, type TimelineEvent } from "../history/timeline.ts";
import { isLeased, type Job, jobKey } from "../jobs/job.ts";
import type { JobKind } from "../jobs/kind.ts";
import type { Store } from "../kv/store.ts";
import { CHECK, JOB_KINDS } from "../verification/job_kinds.ts";
import type { VerificationRecord } from "../verification/list.ts";

/** More jobs of one kind are not read: an identity has one, and of events those that wait. */
const MAX_JOBS = 100;

/**
 * Reads one page of the timeline of an identity and its executions. An event of a job that is tried
 * again has `next_at`: when that is. It comes from the job itself, because the time changes after
 * the event, and a job that has ended or was given up has none.
 */
export async function readIdentityTimeline(
  store: Store,
  { identityId, executions }: Pick<VerificationRecord, "identityId" | "executions">,
  { now, ...page }: { limit: number; cursor?: string | undefined; now: number },
): Promise<Awaited<ReturnType<typeof readTimeline>>> {
  const executionIds = executions.map(({ id }) => id);
  const { events, nextCursor } = await readTimeline(store, {
    subjectIds: [identityId, ...executionIds],
    ...page,
  });
  if (!events.some(isRepeated)) return { events, nextCursor };
  const jobs = await Promise.all([
    ...JOB_KINDS.filter((kind) => kind !== CHECK).map((kind) => listJobs(store, kind, identityId)),
    ...executionIds.map((id) => listJobs(store, CHECK, id)),
  ]);
  const waiting = jobs.flat().filter((job) => !isLeased(job, now));
  return { events: events.map((event) => addNextTry(event, waiting)), nextCursor };
}

function addNextTry(event: TimelineEvent, jobs: readonly Job[]): TimelineEvent {
  const job = jobs.find((job) => isAbout(event, job));
  if (job === undefined) return event;
  return { ...event, details: { ...event.details, "next_at": job.dueAt } };
}

function isRepeated({ event }: TimelineEvent): boolean {
  return event === "retry" || event === "poll";
}

/** Whether an event is that of the job's failures in a row, or of its polls. */
function isAbout({ event, at, details }: TimelineEvent, job: Job): boolean {
  if (event === "poll") return job.kind === CHECK.name && job.createdAt === at;
  return event === "retry" && job.kind === details["job"] && job.failing?.since === at;
}

/** The jobs of an id. The ids of events begin with that of their identity. */
async function listJobs(
  store: Store,
  kind: Pick<JobKind, "name">,
  id: string,
): Promise<readonly Job[]> {
  const range = { start: jobKey(kind, id), end: jobKey(kind, `${id}_~`) };
  const rows = await store.list<Job>(range, { limit: MAX_JOBS });
  return rows.flatMap(({ value }) => value === null ? [] : [value]);
}
