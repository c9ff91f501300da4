// SPDX-License-Identifier: Apache-2.0
import type { Execution } from "./executions.ts";
import { changedAtOf, createVerification, lastChangeOf, type Verification } from "./rows.ts";
import {
  DECIDED_STATUSES,
  isDecided,
  type Verdict,
  VERIFICATION_DETAILS,
  VERIFICATION_STATUSES,
  type VerificationStatus,
} from "./verdict.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import { parseTimestamp } from "../timestamp.ts";

/**
 * What an identity's record and its metadata are compared by. Never by the link: its text changes
 * with the secret that signs it, and it decides nothing.
 */
export const COMPARED_FIELDS = [
  "status",
  "verdict",
  "account_id",
  "workflow_execution_id",
  "detail",
  "decided_at",
  "valid_until",
] as const;

export type ComparedField = typeof COMPARED_FIELDS[number];

/**
 * What follows from comparing an identity's record with its metadata.
 *
 * - `same`: nothing. `not_started`: there is no record, and the metadata names nothing to adopt.
 * - `publish`: the record is the truth, so it is written to the identity again.
 * - `adopt`: the record is older than the metadata (KV was lost, or put back to an older copy). The
 *   record takes over what the metadata says, and Jumio is asked about the execution.
 * - `confirm`: the same, but the record is stricter than the metadata. It changes only if Jumio
 *   confirms the execution that the metadata names.
 */
export type Reconciliation = "same" | "not_started" | "publish" | "adopt" | "confirm";

interface Compared {
  readonly record: Verification | null;
  /** Null where the identity has no metadata that this service wrote. */
  readonly metadata: JumioMetadata | null;
  /** Our row of the execution that the metadata names. Null where there is none. */
  readonly named: Execution | null;
}

/** Another program can write any pair of words. A verdict that a status cannot have is none. */
const POSSIBLE_VERDICTS: Readonly<Record<VerificationStatus, readonly Verdict[]>> = {
  "pending": [],
  "verified": ["PASSED", "WARNING"],
  "review": ["WARNING"],
  "rejected": ["WARNING", "FAILED"],
  "expired": [],
};

/** Names the fields in which a record and the metadata of its identity differ. */
export function compareRecord(
  record: Verification | null,
  metadata: JumioMetadata | null,
): readonly ComparedField[] {
  const ours = {
    "status": record?.status,
    "verdict": record?.verdict,
    "account_id": record?.accountId,
    "workflow_execution_id": record?.workflowExecutionId,
    "detail": record?.detail,
    "decided_at": record?.decidedAt,
    "valid_until": record?.validUntil,
  };
  const found = {
    ...metadata,
    "decided_at": parseTimestamp(metadata?.["decided_at"]),
    "valid_until": parseTimestamp(metadata?.["valid_until"]),
  };
  return COMPARED_FIELDS.filter((field) => (ours[field] ?? null) !== (found[field] ?? null));
}

/** Decides what follows from comparing an identity's record with its metadata. */
export function decideReconciliation(
  { record, metadata, named }: Compared,
  { identityId }: { identityId: string },
): Reconciliation {
  if (record !== null && compareRecord(record, metadata).length === 0) return "same";
  // Metadata that was copied from another identity says nothing about this one.
  const isOurs = named === null || named.identityId === identityId ||
    // Nor does it count where it was copied to: it may be this identity that it was copied from.
    (record === null && named.isUnconfirmed === true);
  if (metadata === null || !isOurs) return record === null ? "not_started" : "publish";
  if (record === null) return isWorthAdopting(metadata) ? "adopt" : "not_started";
  if (endsRound(metadata, record)) return "adopt";
  if (!isBehind({ record, metadata, named })) return "publish";
  if (mayAdoptNow(record, metadata)) return "adopt";
  // There is nothing that Jumio could confirm.
  const isOpen = metadata["workflow_execution_id"] && (named?.settled ?? null) === null;
  return isOpen ? "confirm" : "publish";
}

/**
 * Whether something may have to be done about an identity. Decided without our row of the execution
 * that the metadata names, so it can be true where there is nothing to do.
 */
export function mayDiffer(
  record: Verification | null,
  { identityId, metadata }: { identityId: string; metadata: JumioMetadata | null },
): boolean {
  const decision = decideReconciliation({ record, metadata, named: null }, { identityId });
  return decision !== "same" && decision !== "not_started";
}

/**
 * The record of an identity, as its metadata describes it. The same record where its decision is the
 * floor: the metadata is milder, and says nothing that is later than the record.
 */
export function adoptRecord(
  metadata: JumioMetadata,
  { record, identityId, now }: {
    record: Verification | null;
    identityId: string;
    now: number;
  },
): Verification {
  const isNextRound = record === null ? isEnded(metadata) : endsRound(metadata, record);
  const isMilder = record !== null && strictness(metadata) < strictness(record);
  if (isMilder && !isNextRound && !isLater(metadata, record)) return record;
  const base = record ?? createVerification(identityId, { now });
  const workflowExecutionId = metadata["workflow_execution_id"] ?? base.workflowExecutionId;
  const isOneMore = workflowExecutionId !== base.workflowExecutionId;
  const status = parseStatus(metadata) ?? "pending";
  const detail = VERIFICATION_DETAILS.find((known) => known === metadata.detail) ?? null;
  return {
    ...base,
    status,
    // The list of each status is in the order of this time, so it must differ from the previous one.
    changedAt: record === null ? now : Math.max(now, changedAtOf(record) + 1),
    verdict: POSSIBLE_VERDICTS[status].find((known) => known === metadata.verdict) ?? null,
    detail,
    accountId: metadata["account_id"] ?? base.accountId,
    // An execution that is open must still count when it ends.
    workflowExecutionId,
    executionCount: base.executionCount + (isOneMore ? 1 : 0),
    initiatedAt: parseTimestamp(metadata["initiated_at"]),
    decidedAt: parseTimestamp(metadata["decided_at"]),
    validUntil: parseTimestamp(metadata["valid_until"]),
    round: isNextRound ? base.round + 1 : base.round,
    isRestarting: false,
    roundBeganAt: isNextRound ? Math.max(now, lastChangeOf(base) + 1) : base.roundBeganAt,
    goneAt: null,
  };
}

/** The round of the execution that metadata names, if we have no record of that execution. */
export function roundOfNamed({ round, detail }: Verification): number {
  return detail === "validity_ended" ? round - 1 : round;
}

/** Whether the metadata of an identity without a record says more than that a start is under way. */
function isWorthAdopting(metadata: JumioMetadata): boolean {
  const isKnown = parseStatus(metadata) !== undefined;
  return isDecided(metadata) || isEnded(metadata) ||
    isKnown && Boolean(metadata["workflow_execution_id"]);
}

/**
 * Whether the metadata says something that the record never knew: KV was put back to an older copy,
 * or lost. What is of an earlier round was known.
 */
function isBehind(
  { record, metadata, named }: Compared & { record: Verification; metadata: JumioMetadata },
): boolean {
  if (isOfEarlierRound(metadata, record)) return false;
  const id = metadata["workflow_execution_id"] ?? null;
  if (id !== null && id !== record.workflowExecutionId && named === null) return true;
  if (isDecided(metadata) && !isDecided(record)) return true;
  return (parseTimestamp(metadata["decided_at"]) ?? 0) > lastChangeOf(record);
}

/**
 * Whether the metadata says that the round of the record was ended by a validity or by an operator, and
 * the record does not know it. A rejection does not end so, and the end of an earlier round was known.
 */
function endsRound(metadata: JumioMetadata, record: Verification): boolean {
  return isEnded(metadata) && record.detail !== "validity_ended" && record.status !== "rejected" &&
    !isOfEarlierRound(metadata, record);
}

function isEnded({ status, detail }: JumioMetadata): boolean {
  return status === "expired" && detail === "validity_ended";
}

/** By the times, because our rows of executions end after 400 days. */
function isOfEarlierRound(metadata: JumioMetadata, { round, roundBeganAt }: Verification): boolean {
  if (round === 1) return false;
  const at = latestTimeOf(metadata);
  // Only a decision of the public sample has no time: it was made before our first round.
  return at === null ? isDecided(metadata) || isEnded(metadata) : at < roundBeganAt;
}

function isLater(metadata: JumioMetadata, record: Verification): boolean {
  return (latestTimeOf(metadata) ?? 0) > lastChangeOf(record);
}

function latestTimeOf(metadata: JumioMetadata): number | null {
  const initiatedAt = parseTimestamp(metadata["initiated_at"]);
  const decidedAt = parseTimestamp(metadata["decided_at"]);
  return decidedAt === null ? initiatedAt : Math.max(initiatedAt ?? 0, decidedAt);
}

/**
 * Whether the record may take over what the metadata says before Jumio has confirmed it. Not if that
 * would let in somebody whom the record does not let in: other programs write metadata too.
 */
function mayAdoptNow(record: Verification, metadata: JumioMetadata): boolean {
  const id = metadata["workflow_execution_id"] ?? null;
  const isSameExecution = id === record.workflowExecutionId;
  if (isDecided(record)) {
    // An operator's decision on a review changes neither execution nor verdict.
    const isReviewed = record.status === "review" && isSameExecution &&
      metadata.verdict === record.verdict;
    return isDecided(metadata) && (isReviewed || strictness(metadata) >= strictness(record));
  }
  const isOpen = record.workflowExecutionId !== null && id !== null && !isSameExecution;
  return metadata.status !== "verified" || !isOpen;
}

function strictness({ status }: { readonly status: string }): number {
  return DECIDED_STATUSES.indexOf(status);
}

function parseStatus({ status }: JumioMetadata): VerificationStatus | undefined {
  return VERIFICATION_STATUSES.find((known) => known === status);
}
