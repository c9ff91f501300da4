// SPDX-License-Identifier: Apache-2.0
import { notifyJobId, type VerificationEvent } from "./event.ts";
import {
  CHECK,
  type CheckData,
  ERASE,
  type EraseData,
  EXPIRE,
  type ExpireData,
  NOTIFY,
  PUBLISH,
  type PublishData,
  START,
  type StartData,
  SWEEP,
  SWEEP_ID,
  type SweepData,
} from "./job_kinds.ts";
import type { FinalStatus } from "./verdict.ts";
import { type Job, jobKey, requestJob } from "../jobs/job.ts";
import { storeNudge, storeRequest, withdrawRequest } from "../jobs/stored_request.ts";
import type { Row, Write } from "../kv/write.ts";

/**
 * All requests for jobs. Each function returns a write that the caller commits together with the
 * change that the job is for. `row` is the row of the job as it was read, see `readJob`.
 *
 * @module
 */

/** How long an event waits for Ory. After that it is delivered although Ory cannot be written. */
const EVENT_HOLD_MS = 60_000;

/** An identity has one end at a time. */
const EXPIRE_SUFFIX = "validity";

/** When a request is made, and by what. */
interface RequestOptions {
  readonly now: number;
  /** The span that makes it, as `traceparent`. Undefined while no traces are collected. */
  readonly trace: string | undefined;
}

/** What a callback says about its execution. */
export interface CalledBack {
  readonly workflowExecutionId: string;
  readonly accountId: string;
  /** The identity of the callback's token, if it has one. */
  readonly expectedIdentityId: string | undefined;
}

/** Requests a new execution at Jumio. `data` replaces that of an earlier request. */
export function requestStart(
  row: Row<Job<StartData>>,
  { identityId, ...options }: RequestOptions & {
    identityId: string;
    data: StartData;
    dueAt: number;
  },
): Write {
  return requestJob(row, { kind: START, id: identityId, ...options });
}

/** Requests a poll of an execution. Keeps the data of a job that exists already. */
export function requestCheck(
  row: Row<Job<CheckData>>,
  { workflowExecutionId, accountId, pollAfterMs, ...options }: RequestOptions & {
    workflowExecutionId: string;
    accountId: string;
    /** The delay before the next poll, see {@linkcode CheckData}. */
    pollAfterMs: number;
    dueAt: number;
  },
): Write {
  const data = { accountId, isCalledBack: false, pollAfterMs };
  return requestJob(row, { kind: CHECK, id: workflowExecutionId, data, ...options });
}

/** Requests a check because of a callback that was received again. */
export function requestCalledBackCheck(
  row: Row<Job<CheckData>>,
  { workflowExecutionId: id, accountId, expectedIdentityId, now, trace }:
    & CalledBack
    & RequestOptions,
): Write {
  const data = toCheckData({ accountId, expectedIdentityId });
  return requestJob(row, { kind: CHECK, id, data, dueAt: now, now, trace });
}

/** Requests a check because of a callback, without reading the job first. */
export function storeCheckRequest(
  { workflowExecutionId: id, status, now, trace, ...callback }: CalledBack & RequestOptions & {
    /** Callbacks of different statuses must not overwrite each other's request. */
    status: FinalStatus;
  },
): Write {
  return storeRequest(CHECK, {
    id,
    data: toCheckData(callback),
    dueAt: now,
    suffix: status,
    trace,
  });
}

/** Requests that our record be written to the identity. */
export function requestPublish(
  row: Row<Job<PublishData>>,
  { identityId: id, isJustRead = false, isForced = false, now, trace }:
    & RequestOptions
    & Pick<PublishData, "isJustRead" | "isForced">
    & { identityId: string },
): Write {
  const data = {
    isConfirmation: false,
    requestedAt: now,
    ...(isJustRead ? { isJustRead } : {}),
    ...(isForced ? { isForced } : {}),
  };
  return requestJob(row, { kind: PUBLISH, id, data, dueAt: now, now, trace });
}

/**
 * Stores an event in the write that changes the record. It needs no check of its own: the record's
 * check lets only one write use the event's number.
 *
 * It is delivered when Ory has the change, see {@linkcode releaseEvent}, so that an application that
 * reads the identity does not find an older state there.
 */
export function requestNotify(event: VerificationEvent, { now }: { now: number }): Write {
  const { "identity_id": identityId, sequence } = event.data;
  const id = notifyJobId(identityId, sequence);
  const row = { key: jobKey(NOTIFY, id), value: null, versionstamp: null };
  const data = { webhookId: `evt_${crypto.randomUUID()}`, event };
  const dueAt = now + EVENT_HOLD_MS;
  return { ...requestJob(row, { kind: NOTIFY, id, data, dueAt, now }), checks: [] };
}

/** Lets the event of a change be delivered, because Ory has the change since `changedAt`. */
export function releaseEvent(
  { identityId, sequence }: { identityId: string; sequence: number },
  { changedAt, now }: { changedAt: number; now: number },
): Write {
  if (now - changedAt >= EVENT_HOLD_MS) return {};
  return storeNudge(NOTIFY, { id: notifyJobId(identityId, sequence), dueAt: now });
}

/** Requests the erasure of an identity. Accounts of an earlier request are kept. */
export function requestErase(
  row: Row<Job<EraseData>>,
  { identityId: id, accountIds, left, ...options }:
    & RequestOptions
    & Omit<EraseData, "isConfirmation">
    & { identityId: string; dueAt: number },
): Write {
  const data = { accountIds, left, isConfirmation: false };
  return requestJob(row, { kind: ERASE, id, data, ...options });
}

/** Requests what an {@linkcode EXPIRE} job does, without reading the job first. */
export function storeExpireRequest(
  { identityId: id, dueAt, ...data }: ExpireData & { identityId: string; dueAt: number },
): Write {
  return storeRequest(EXPIRE, { id, data, dueAt, suffix: EXPIRE_SUFFIX });
}

/** Withdraws such a request. */
export function withdrawExpireRequest(
  { identityId: id, dueAt }: { identityId: string; dueAt: number },
): Write {
  return withdrawRequest(EXPIRE, { id, dueAt, suffix: EXPIRE_SUFFIX });
}

/** Requests a sweep. One that is under way goes on. */
export function requestSweep(
  row: Row<Job<SweepData>>,
  options: RequestOptions & { data: SweepData; dueAt: number },
): Write {
  return requestJob(row, { kind: SWEEP, id: SWEEP_ID, ...options });
}

function toCheckData(
  { accountId, expectedIdentityId }: Pick<CalledBack, "accountId" | "expectedIdentityId">,
): CheckData {
  const expected = expectedIdentityId === undefined ? {} : { expectedIdentityId };
  return { accountId, isCalledBack: true, pollAfterMs: 0, ...expected };
}
