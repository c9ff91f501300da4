// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { type NotifyData, VerificationEvent } from "./event.ts";

/** Data of a `start` job. The job's id is the identity's. */
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

/** Data of a `check` job. The job's id is the execution's. */
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

/** Data of a `publish` job. The job's id is the identity's. */
export interface PublishData {
  /** The identity was written a minute ago: read it, and write only what was lost. */
  readonly isConfirmation: boolean;
  /** When the job was requested. Missing in rows of an older version. */
  readonly requestedAt?: number;
  /** The start that requested the job had just read the identity. */
  readonly isJustRead?: boolean;
  /** An operator publishes the record whatever the identity says. */
  readonly isForced?: boolean;
  /** When the record had changed that was written, see `changedAtOf`. */
  readonly changedAt?: number;
  /** Undefined once a read has confirmed a write. */
  readonly losses?: Losses;
}

/** Data of a `erase` job. The job's id is the identity's. */
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

/** Data of {@linkcode EXPIRE}. The job's id is the identity's. */
export interface ExpireData {
  /** The end of validity of which the application was told, or need not be told. */
  readonly announced: number | null;
  /** When a validity ended whose publication is not confirmed yet. */
  readonly endedAt: number | null;
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

/** Data of a `sweep` job: how far the sweep is. One run of the job is one step. */
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

// Functions, so that the start of the service makes none of these schemas.

export const createSweepCountsSchema = (): z.ZodType<SweepCounts> =>
  z.object({
    lookedAt: z.number(),
    differing: z.number(),
    published: z.number(),
    adopting: z.number(),
    failed: z.number(),
    neverStarted: z.number(),
    started: z.number(),
  });

export const createStartDataSchema = (): z.ZodType<StartData> =>
  z.object({
    replaces: z.exactOptional(z.string()),
    locale: z.exactOptional(z.string()),
    isForced: z.exactOptional(z.boolean()),
    endsErasure: z.exactOptional(z.boolean()),
    isPublished: z.exactOptional(z.boolean()),
    made: z.exactOptional(z.object({
      accountId: z.string(),
      workflowExecutionId: z.string(),
      tokenHash: z.string().nullable(),
    })),
  });

export const createCheckDataSchema = (): z.ZodType<CheckData> =>
  z.object({
    accountId: z.string(),
    isCalledBack: z.boolean(),
    pollAfterMs: z.number(),
    expectedIdentityId: z.exactOptional(z.string()),
  });

const createLossesSchema = (): z.ZodType<Losses> =>
  z.object({ count: z.number(), since: z.number() });

export const createPublishDataSchema = (): z.ZodType<PublishData> =>
  z.object({
    isConfirmation: z.boolean(),
    requestedAt: z.exactOptional(z.number()),
    isJustRead: z.exactOptional(z.boolean()),
    isForced: z.exactOptional(z.boolean()),
    changedAt: z.exactOptional(z.number()),
    losses: z.exactOptional(createLossesSchema()),
  });

export const createEraseDataSchema = (): z.ZodType<EraseData> =>
  z.object({
    accountIds: z.array(z.string()),
    left: z.object({
      status: z.string(),
      verdict: z.string().nullable(),
      initiatedAt: z.number().nullable(),
      decidedAt: z.number().nullable(),
      validUntil: z.number().nullable(),
      detail: z.string().nullable(),
    }).nullable(),
    isConfirmation: z.boolean(),
    losses: z.exactOptional(createLossesSchema()),
  });

export const createExpireDataSchema = (): z.ZodType<ExpireData> =>
  z.object({
    announced: z.number().nullable(),
    endedAt: z.number().nullable(),
  });

export const createSweepDataSchema = (): z.ZodType<SweepData> =>
  z.object({
    startedAt: z.number().nullable(),
    requestedBy: z.string().nullable(),
    isDryRun: z.boolean(),
    isConfirmed: z.boolean(),
    pageToken: z.string().nullable(),
    isListed: z.boolean(),
    toRepair: z.array(z.string()),
    toStart: z.array(z.string()),
    neverStartedIds: z.array(z.string()),
    counts: createSweepCountsSchema(),
  });

export const createNotifyDataSchema = (): z.ZodType<NotifyData> =>
  z.object({
    webhookId: z.string(),
    event: VerificationEvent.unwrap(),
  });
