// SPDX-License-Identifier: Apache-2.0
import type { NotifyData } from "./event.ts";
import {
  type CheckData,
  createCheckDataSchema,
  createEraseDataSchema,
  createExpireDataSchema,
  createNotifyDataSchema,
  createPublishDataSchema,
  createStartDataSchema,
  createSweepDataSchema,
  type EraseData,
  type ExpireData,
  type PublishData,
  type StartData,
  type SweepData,
} from "./job_data.ts";
import type { JobKind } from "../jobs/kind.ts";
import type { Schedule } from "../jobs/schedule.ts";

export type {
  CheckData,
  EraseData,
  ExpireData,
  Losses,
  PublishData,
  StartData,
  SweepCounts,
  SweepData,
} from "./job_data.ts";

const SECOND = 1_000;
const DAY = 86_400_000;

/**
 * The delays after failures that no retry is likely to mend. They outlast an upstream that answers
 * nonsense for some minutes.
 */
const LASTING_DELAYS_MS = [1 * SECOND, 10 * SECOND, 60 * SECOND, 600 * SECOND];

/** Tried for two days: a person waits, and nobody requests it again. */
const PATIENT_SCHEDULE: Schedule = {
  delaysMs: [1, 2, 4, 8, 15, 30, 60, 120, 300].map((s) => s * SECOND),
  giveUpAfterMs: 2 * DAY,
  lastingDelaysMs: LASTING_DELAYS_MS,
};

/** Starts an identity's execution at Jumio. Handled by `handleStart` in work/start.ts. */
export const START: JobKind<StartData, "start"> = {
  name: "start",
  idField: "identityId",
  data: createStartDataSchema,
  // Jumio's account limit holds as well. This only keeps slow calls from delaying the others.
  concurrency: 16,
  // It costs money. Clocks may differ by a minute.
  takeOverDelayMs: 60_000,
  // Each try may cost money, so a lasting failure is tried three times in all.
  schedule: { ...PATIENT_SCHEDULE, lastingDelaysMs: [1 * SECOND, 300 * SECOND] },
  isPoll: false,
  mergeData: ({ made }, requested) => made === undefined ? requested : { ...requested, made },
};

/** Reads an execution from Jumio and settles it. Handled by `handleCheck` in work/check.ts. */
export const CHECK: JobKind<CheckData, "check"> = {
  name: "check",
  idField: "workflowExecutionId",
  data: createCheckDataSchema,
  concurrency: 8,
  takeOverDelayMs: 0,
  // Jumio's own schedule is at 40, 60, 100, 160, 240, 340, 460, 600, 760 and 940 seconds. The first
  // tries are sooner, because PROCESSED can come a moment before the details can be read. The last
  // ones are later, because a Jumio that is down for hours must not need a person.
  schedule: {
    delaysMs: [1, 2, 4, 8, 25, 20, 40, 60, 80, 100, 120, 140, 160, 180, 600, 1800, 3600]
      .map((s) => s * SECOND),
    giveUpAfterMs: DAY,
    lastingDelaysMs: LASTING_DELAYS_MS,
  },
  isPoll: true,
  // A poll adds nothing to a job that exists. A callback replaces what a poll or callback knew.
  mergeData: (existing, requested) =>
    requested.isCalledBack ? { ...requested, pollAfterMs: existing.pollAfterMs } : existing,
};

/** Writes our record to the identity in Ory. Handled by `handlePublish` in work/publish.ts. */
export const PUBLISH: JobKind<PublishData, "publish"> = {
  name: "publish",
  idField: "identityId",
  data: createPublishDataSchema,
  concurrency: 8,
  takeOverDelayMs: 0,
  // Kratos is usually back within seconds. A rate limit of Ory Network ends within a minute.
  schedule: {
    delaysMs: [1, 2, 4, 8, 15, 30, 60, 120, 300].map((s) => s * SECOND),
    giveUpAfterMs: DAY,
    lastingDelaysMs: LASTING_DELAYS_MS,
  },
  isPoll: false,
  // A confirmation writes what differs, so a request only brings it forward. To replace it would
  // hide that no write stays.
  mergeData: (existing, requested) =>
    existing.isConfirmation && requested.isForced !== true ? existing : requested,
};

/** Erases an identity's verification, here and at Jumio. Handled by `handleErase` in work/erase.ts. */
export const ERASE: JobKind<EraseData, "erase"> = {
  name: "erase",
  idField: "identityId",
  data: createEraseDataSchema,
  concurrency: 4,
  takeOverDelayMs: 0,
  schedule: PATIENT_SCHEDULE,
  isPoll: false,
  mergeData: (existing, requested) => ({
    accountIds: [...new Set([...existing.accountIds, ...requested.accountIds])],
    left: requested.left ?? existing.left,
    isConfirmation: requested.isConfirmation,
    ...(existing.losses && { losses: existing.losses }),
  }),
};

/** Delivers an event to the application. Handled by `handleNotify` in work/notify.ts. */
export const NOTIFY: JobKind<NotifyData, "notify"> = {
  name: "notify",
  idField: "eventId",
  subjectOf: (id) => id.slice(0, id.lastIndexOf("_")),
  data: createNotifyDataSchema,
  concurrency: 8,
  takeOverDelayMs: 0,
  schedule: {
    delaysMs: [5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800].map((s) => s * SECOND),
    giveUpAfterMs: 3 * DAY,
    lastingDelaysMs: LASTING_DELAYS_MS,
    maxRetryAfterMs: 3_600_000,
  },
  isPoll: false,
  mergeData: (existing) => existing,
};

/**
 * Ends the validity of a verification, on time. Handled by `handleExpire` in work/expire.ts.
 *
 * It waits for years, so what it does follows from the record at that time.
 */
export const EXPIRE: JobKind<ExpireData, "expire"> = {
  name: "expire",
  idField: "identityId",
  data: createExpireDataSchema,
  concurrency: 8,
  takeOverDelayMs: 0,
  // Never given up: the person would stay verified. It calls no upstream, so only KV can fail.
  schedule: {
    delaysMs: [1, 2, 4, 8, 15, 30, 60].map((s) => s * SECOND),
    giveUpAfterMs: Infinity,
    lastingDelaysMs: LASTING_DELAYS_MS,
  },
  isPoll: false,
  mergeData: (existing, requested) => ({
    announced: requested.announced ?? existing.announced,
    endedAt: requested.endedAt ?? existing.endedAt,
  }),
};

/** The id of the only sweep. One job means that only one instance sweeps. */
export const SWEEP_ID = "identities";

/** Compares all identities in Ory with our records. Handled by `handleSweep` in work/sweep.ts. */
export const SWEEP: JobKind<SweepData, "sweep"> = {
  name: "sweep",
  idField: "sweep",
  data: createSweepDataSchema,
  concurrency: 1,
  takeOverDelayMs: 0,
  // While Ory is down it is never given up: an alert tells how long ago the last sweep finished. What
  // Ory refuses for good makes a dead letter, and within an hour the next sweep is planned.
  schedule: {
    delaysMs: [5, 15, 30, 60, 120, 300].map((s) => s * SECOND),
    giveUpAfterMs: Infinity,
    lastingDelaysMs: LASTING_DELAYS_MS,
  },
  isPoll: false,
  // A sweep that is under way goes on from where it is.
  mergeData: (existing, requested) => existing.startedAt === null ? requested : existing,
};

/** All kinds of jobs, in the order of a verification. */
export const JOB_KINDS = [START, CHECK, PUBLISH, NOTIFY, ERASE, EXPIRE, SWEEP] as const;

export type JobKindName = typeof JOB_KINDS[number]["name"];

/** The names of all kinds. */
export const JOB_KIND_NAMES: readonly JobKindName[] = JOB_KINDS.map(({ name }) => name);

/** The kind of a name. Undefined for another text. */
export function findJobKind(name: string): typeof JOB_KINDS[number] | undefined {
  return JOB_KINDS.find((kind) => kind.name === name);
}
