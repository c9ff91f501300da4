import type { NotifyData } from "./event.ts";
import type { JobKind } from "../jobs/kind.ts";
import type { Schedule } from "../jobs/schedule.ts";

/** Data of {@linkcode START}. The job's id is the identity's. */
export interface StartData {
  /** The execution that a new one replaces, on the same account. */
  readonly replaces?: string;
  /** The language of the person, as Jumio takes it. */
  readonly locale?: string;
  /** An operator asked: an execution whose result cannot be read for an hour is replaced. */
  readonly isForced?: boolean;
  /** An operator starts an erased identity: what its metadata still says does not count. */
  readonly endsErasure?: boolean;
  /** `pending` is on the identity already, or will be. */
  readonly isPublished?: boolean;
  /** What Jumio has made and we could not record yet. It is recorded, and nothing is made again. */
  readonly made?: {
    readonly accountId: string;
    readonly workflowExecutionId: string;
    /** The hash of the token of its create call. */
    readonly tokenHash: string | null;
  };
}

/** Data of {@linkcode CHECK}. The job's id is the execution's. */
export interface CheckData {
  /** From our record of the execution. For an unknown execution, from its callback. */
  readonly accountId: string;
  /** A callback said that there is a result. Otherwise the job is a poll. */
  readonly isCalledBack: boolean;
  /** The delay before the next poll. Each delay is twice the one before. */
  readonly pollAfterMs: number;
  /** The identity of the callback's token, while the execution is not known yet. */
  readonly expectedIdentityId?: string;
}

/** How often in a row an identity had lost what was written to it, since when. */
export interface Losses {
  readonly count: number;
  readonly since: number;
}

/** Data of {@linkcode PUBLISH}. The job's id is the identity's. */
export interface PublishData {
  /** The identity was written a minute ago: read it, and write only what was lost. */
  readonly isConfirmation: boolean;
  /** The start that requested the job has just read the identity. */
  readonly isJustRead?: boolean;
  /** An operator publishes the record whatever the identity says. */
  readonly isForced?: boolean;
  /** When the record had changed that was written, see `changedAtOf`. */
  readonly changedAt?: number;
  /** Undefined once a read has confirmed a write. */
  readonly losses?: Losses;
}

/** Data of {@linkcode ERASE}. The job's id is the identity's. */
export interface EraseData {
  /** Accounts at Jumio that are still to be deleted. */
  readonly accountIds: readonly string[];
  /** What stays on the identity. Null if there was no record: then the identity's own status. */
  readonly left: {
    readonly status: string;
    readonly verdict: string | null;
    readonly initiatedAt: number | null;
    readonly decidedAt: number | null;
    readonly validUntil: number | null;
    readonly detail: string | null;
  } | null;
  /** The identity was written a minute ago: read it, and write only what was lost. */
  readonly isConfirmation: boolean;
  readonly losses?: Losses;
}

/** What a sweep has found and done so far. */
export interface SweepCounts {
  readonly lookedAt: number;
  /** Identities whose metadata differed from our record in the list. */
  readonly differing: number;
  /** Of these: the record is written to the identity again. */
  readonly published: number;
  /** Of these: the record was older than the identity, which is adopted. */
  readonly adopting: number;
  /** Identities that could not be read. */
  readonly failed: number;
  /** Registered, but never started, and not started by the sweep either. */
  readonly neverStarted: number;
  /** Never started before, and started by the sweep. */
  readonly started: number;
}

/** Data of {@linkcode SWEEP}: how far the sweep is. One run of the job is one step. */
export interface SweepData {
  /** Null until the first step. */
  readonly startedAt: number | null;
  /** The operator who asked for it. Null for a sweep that is due by the schedule. */
  readonly requestedBy: string | null;
  /** Only compares and counts. */
  readonly isDryRun: boolean;
  /** An operator allowed it to repair any number of identities. */
  readonly isConfirmed: boolean;
  /** Of the page that is listed next. Null for the first page. */
  readonly pageToken: string | null;
  /** The last page was listed. */
  readonly isListed: boolean;
  /** Identities that differ and are still to be repaired. */
  readonly toRepair: readonly string[];
  /** Identities that are still to be started. */
  readonly toStart: readonly string[];
  /** The first of the identities that were never started, for an operator to look at. */
  readonly neverStartedIds: readonly string[];
  readonly counts: SweepCounts;
}

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
  // Jumio's account limit holds as well. This only keeps slow calls from delaying the others.
  concurrency: 16,
  // Each try may cost money, so a lasting failure is tried three times in all.
  schedule: { ...PATIENT_SCHEDULE, lastingDelaysMs: [1 * SECOND, 300 * SECOND] },
  isPoll: false,
  mergeData: ({ made }, requested) => made === undefined ? requested : { ...requested, made },
};

/** Reads an execution from Jumio and settles it. Handled by `handleCheck` in work/check.ts. */
export const CHECK: JobKind<CheckData, "check"> = {
  name: "check",
  idField: "workflowExecutionId",
  concurrency: 8,
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
  concurrency: 8,
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
  concurrency: 4,
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
  concurrency: 8,
  schedule: {
    delaysMs: [5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400, 28_800].map((s) => s * SECOND),
    giveUpAfterMs: 3 * DAY,
    lastingDelaysMs: LASTING_DELAYS_MS,
    maxRetryAfterMs: 3_600_000,
  },
  isPoll: false,
  mergeData: (existing) => existing,
};

/** The id of the only sweep. One job means that only one instance sweeps. */
export const SWEEP_ID = "identities";

/** Compares all identities in Ory with our records. Handled by `handleSweep` in work/sweep.ts. */
export const SWEEP: JobKind<SweepData, "sweep"> = {
  name: "sweep",
  idField: "sweep",
  concurrency: 1,
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
export const JOB_KINDS = [START, CHECK, PUBLISH, NOTIFY, ERASE, SWEEP] as const;

export type JobKindName = typeof JOB_KINDS[number]["name"];

/** The names of all kinds. */
export const JOB_KIND_NAMES: readonly JobKindName[] = JOB_KINDS.map(({ name }) => name);

/** The kind of a name. Undefined for another text. */
export function findJobKind(name: string): typeof JOB_KINDS[number] | undefined {
  return JOB_KINDS.find((kind) => kind.name === name);
}
