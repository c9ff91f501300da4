// SPDX-License-Identifier: Apache-2.0
import { storeExpireRequest, withdrawExpireRequest } from "./requests.ts";
import type { VerificationDetail, VerificationStatus } from "./verdict.ts";
import { mergeWrites, type Write } from "../kv/write.ts";

const DAY_MS = 86_400_000;

/** The application is told this long before the end of a validity that is longer. */
const NOTICE_MS = 30 * DAY_MS;

/** An identity has the end of a validity by then, if Ory answers: a read has confirmed it. */
export const WATCH_AFTER_MS = 600_000;

/** The parts of a verification that its end depends on. */
interface Expiring {
  readonly identityId: string;
  readonly status: VerificationStatus;
  readonly detail: VerificationDetail | null;
  readonly decidedAt: number | null;
  readonly validUntil: number | null;
  readonly goneAt: number | null;
}

/** Until when a decision is valid. Only `verified` ends, and only if it is made while a validity is set. */
export function validUntilOf(
  status: VerificationStatus,
  { decidedAt, validityMs }: { decidedAt: number; validityMs: number | undefined },
): number | null {
  return status === "verified" && validityMs !== undefined ? decidedAt + validityMs : null;
}

/** When the application is told that a validity will end. Null for a short one, and for none. */
export function noticeAt(
  { decidedAt, validUntil }: Pick<Expiring, "decidedAt" | "validUntil">,
): number | null {
  const isLong = validUntil !== null && validUntil - (decidedAt ?? 0) > NOTICE_MS;
  return isLong ? validUntil - NOTICE_MS : null;
}

/**
 * Requests what follows from a change of a record: the notice and the end of a validity that it has
 * got, or a look at the publication of an end. A validity that is taken over from an identity counts
 * as announced if its notice was due before. The request for an earlier end is withdrawn, because it
 * could wait for years.
 */
export function requestExpiry(
  before: Expiring | null,
  next: Expiring,
  { changedAt }: { changedAt: number },
): Write {
  const end = endOf(next);
  if (end === endOf(before)) return {};
  const withdrawn = before === null ? {} : withdrawExpiry(before);
  if (end === null) return withdrawn;
  return mergeWrites(withdrawn, storeExpireRequest(planExpiry(next, { end, changedAt })));
}

function planExpiry(
  record: Expiring,
  { end, changedAt }: { end: number | "ended"; changedAt: number },
): Parameters<typeof storeExpireRequest>[0] {
  const { identityId } = record;
  if (end === "ended") {
    return { identityId, dueAt: changedAt + WATCH_AFTER_MS, announced: null, endedAt: changedAt };
  }
  const notice = noticeAt(record);
  return notice === null || notice <= changedAt
    ? { identityId, dueAt: Math.max(end, changedAt), announced: end, endedAt: null }
    : { identityId, dueAt: notice, announced: null, endedAt: null };
}

/** Withdraws what was requested for the end of a record, as far as no job has begun with it. */
export function withdrawExpiry(record: Expiring): Write {
  const { identityId, validUntil } = record;
  const times = [noticeAt(record), validUntil].filter((at) => at !== null);
  return mergeWrites(...times.map((dueAt) => withdrawExpireRequest({ identityId, dueAt })));
}

/** Whether a validity is over although its job should have ended it: the job was lost. */
export function isOverdue(
  record: Expiring,
  { now }: { now: number },
): boolean {
  const end = endOf(record);
  return typeof end === "number" && end < now - WATCH_AFTER_MS;
}

/** Requests the end of such a validity now. */
export function requestOverdueExpiry(
  { identityId, validUntil }: Pick<Expiring, "identityId" | "validUntil">,
  { now: dueAt }: { now: number },
): Write {
  return storeExpireRequest({ identityId, dueAt, announced: validUntil, endedAt: null });
}

function endOf(record: Expiring | null): number | "ended" | null {
  if (record === null || record.goneAt !== null) return null;
  if (record.detail === "validity_ended") return "ended";
  return record.status === "verified" ? record.validUntil : null;
}
