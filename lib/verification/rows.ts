// SPDX-License-Identifier: Apache-2.0
import { describeChange, describeEnding } from "./event.ts";
import { requestNotify } from "./requests.ts";
import { requestExpiry } from "./validity.ts";
import type { Verdict, VerificationDetail, VerificationStatus } from "./verdict.ts";
import type { Store } from "../kv/store.ts";
import { mergeWrites, type Row, type Write } from "../kv/write.ts";

/**
 * Our record of an identity's verification. The identity's metadata is a copy of it.
 *
 * `status`, `verdict`, `decidedAt` and `validUntil` are the strictest decision of the present round. With
 * the status `pending` or `expired` there is none in this round, and the other three are null.
 */
export interface Verification {
  readonly v: 1;
  readonly identityId: string;
  readonly status: VerificationStatus;
  readonly verdict: Verdict | null;
  readonly detail: VerificationDetail | null;
  readonly accountId: string | null;
  /** The newest execution. Null until Jumio has answered. */
  readonly workflowExecutionId: string | null;
  readonly acceptedAt: number;
  readonly initiatedAt: number | null;
  /** 1 for the first. An execution counts in the round in which it was started. */
  readonly round: number;
  readonly roundBeganAt: number;
  /**
   * An operator's restart began the round, and it has no execution yet: until then a decision of the
   * round before stays in force.
   */
  readonly isRestarting: boolean;
  /** How many executions the record took, over all rounds. */
  readonly executionCount: number;
  /** Until this count an operator has allowed executions. Null where none did: the setting counts. */
  readonly executionsAllowed: number | null;
  /** When the first decision of this kind was made in the round. */
  readonly decidedAt: number | null;
  /** Until when the decision is valid. Null for ever. */
  readonly validUntil: number | null;
  /** Since when the status has been this one. Missing in rows of an older version. */
  readonly changedAt?: number;
  /** When a write failed because Ory had deleted the identity. */
  readonly goneAt: number | null;
  /** Of the newest event. 0 before the first one. Only this file changes it. */
  readonly sequence: number;
}

/** That an identity was erased, when and by whom. Nothing else is kept of it. */
export interface Tombstone {
  readonly v: 1;
  readonly requestedAt: number;
  readonly by: string;
  readonly secretId: string;
  /** Null until the job is done. */
  readonly erasedAt: number | null;
  /** Of the last event that was stored before the erasure. Only later ones are delivered. */
  readonly sequence: number;
}

export function verificationKey(identityId: string): Deno.KvKey {
  return ["verification", identityId];
}

export function tombstoneKey(identityId: string): Deno.KvKey {
  return ["tombstone", identityId];
}

/** Finds the next identity that was erased, in the order of their ids. */
export async function findTombstone(
  store: Store,
  { after }: { after: string | undefined },
): Promise<string | undefined> {
  const prefix = ["tombstone"];
  const selector = after === undefined ? { prefix } : { prefix, start: tombstoneKey(`${after}\0`) };
  const [row] = await store.list(selector, { limit: 1 });
  return row && String(row.key[1]);
}

/** The key of a person's restarts of the last day. */
export function restartsKey(identityId: string): Deno.KvKey {
  return ["restarts", identityId];
}

/** The key that lists a verification under its status, by time. The value is null. */
export function statusIndexKey(verification: Verification): Deno.KvKey {
  const { status, identityId } = verification;
  return [...statusIndexPrefix(status), changedAtOf(verification), identityId];
}

/** The prefix of the list of a status. Two more parts follow: the time and the identity's id. */
export function statusIndexPrefix(status: VerificationStatus): Deno.KvKey {
  return ["verification_by_status", status];
}

/** Since when a verification has had its status. */
export function changedAtOf({ changedAt, decidedAt, acceptedAt }: Verification): number {
  return changedAt ?? decidedAt ?? acceptedAt;
}

/** When a verification last got a status, a decision, an execution or a round. */
export function lastChangeOf(verification: Verification): number {
  const { decidedAt, initiatedAt, roundBeganAt } = verification;
  return Math.max(changedAtOf(verification), decidedAt ?? 0, initiatedAt ?? 0, roundBeganAt);
}

/**
 * Replaces the verification that was read, or creates it, and updates the list of its status. A
 * change of status or verdict gets the next `sequence`, and its event is stored in the same write. So
 * is the request for the end of a validity.
 */
export function saveVerification(
  row: Row<Verification>,
  next: Verification,
  lifetime: { readonly expireInMs?: number } = {},
): Write {
  const isMoved = row.value !== null && changedAtOf(row.value) !== changedAtOf(next);
  const changedAt = lastChangeOf(next);
  const event = describeChange(row.value, next, { changedAt });
  const value = event === undefined ? next : { ...next, sequence: event.data.sequence };
  const announced = event === undefined ? {} : requestNotify(event, { now: changedAt });
  return mergeWrites(announced, requestExpiry(row.value, next, { changedAt }), {
    checks: [row],
    deletes: isMoved && row.value !== null ? [statusIndexKey(row.value)] : [],
    sets: [
      { key: row.key, value, ...lifetime },
      { key: statusIndexKey(next), value: null, ...lifetime },
    ],
  });
}

/** Stores the event that the validity of a verification ends soon. Nothing else changes. */
export function announceEnding(
  row: Row<Verification> & { readonly value: Verification },
  { now }: { now: number },
): Write {
  const event = describeEnding(row.value, { now });
  const value = { ...row.value, sequence: event.data.sequence };
  return mergeWrites(requestNotify(event, { now }), {
    checks: [row],
    sets: [{ key: row.key, value }],
  });
}

/** The row of an identity without a verification, to be created by {@linkcode saveVerification}. */
export function noVerification(identityId: string): Row<Verification> {
  return { key: verificationKey(identityId), value: null, versionstamp: null };
}

/** The verification of an identity that has just registered, or begins again after an erasure. */
export function createVerification(
  identityId: string,
  { now, erased }: {
    now: number;
    /** That it was erased before. What its metadata still says is of an earlier round. */
    erased?: Pick<Tombstone, "sequence"> | null;
  },
): Verification {
  const { sequence = 0 } = erased ?? {};
  return {
    v: 1,
    identityId,
    status: "pending",
    verdict: null,
    detail: null,
    accountId: null,
    workflowExecutionId: null,
    acceptedAt: now,
    initiatedAt: null,
    round: erased ? 2 : 1,
    // Later than each change before the erasure, although the clock of another instance is ahead.
    roundBeganAt: Math.max(now, sequence + 1),
    isRestarting: false,
    executionCount: 0,
    executionsAllowed: null,
    decidedAt: null,
    validUntil: null,
    changedAt: now,
    goneAt: null,
    sequence,
  };
}

/** A verification with another status. Returns the same one if the status is the same. */
export function changeStatus(
  verification: Verification,
  { status, now }: { status: VerificationStatus; now: number },
): Verification {
  return status === verification.status ? verification : {
    ...verification,
    status,
    // Must differ from the time of the previous status: the key of each list contains the time.
    changedAt: Math.max(now, changedAtOf(verification) + 1),
  };
}
