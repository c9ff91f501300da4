// SPDX-License-Identifier: Apache-2.0
import { UpstreamError } from "../upstream/error.ts";
import { type ComparedField, compareRecord } from "../verification/compare_record.ts";
import type { VerificationRecord } from "../verification/list.ts";
import type { Verification } from "../verification/rows.ts";
import { VERDICTS, VERIFICATION_DETAILS, VERIFICATION_STATUSES } from "../verification/verdict.ts";
import type { Kratos } from "../kratos/client.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import { parseTimestamp, toTimestamp } from "../timestamp.ts";

/** One field in which our record and the metadata of the identity differ. */
export interface Difference {
  readonly field: ComparedField;
  readonly record: string | null;
  readonly ory: string | null;
}

/** How the copy of a record in Ory compares with the record. */
export type OryCopy =
  | { readonly state: "same" | "unknown_identity" | "not_compared" }
  | { readonly state: "differs"; readonly differences: readonly Difference[] }
  | { readonly state: "unreadable"; readonly reason: string };

/**
 * Reads the identity from Ory and compares it with our record. An Ory that cannot be read is a
 * result and no error: the record is shown also while Ory is down.
 */
export async function readOryCopy(
  { identityId, verification }: Pick<VerificationRecord, "identityId" | "verification">,
  { kratos }: { kratos: Pick<Kratos, "getJumioMetadata"> },
): Promise<OryCopy> {
  // After an erasure there is no record to compare.
  if (verification === null) return { state: "not_compared" };
  try {
    const metadata = await kratos.getJumioMetadata(identityId);
    if (metadata === undefined) return { state: "unknown_identity" };
    const differences = listDifferences(verification, metadata);
    return differences.length === 0 ? { state: "same" } : { state: "differs", differences };
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    const { reason, status } = error;
    return { state: "unreadable", reason: status === undefined ? reason : `${reason} ${status}` };
  }
}

/** Lists the fields that differ, with both values. */
function listDifferences(
  record: Verification,
  metadata: JumioMetadata | null,
): readonly Difference[] {
  const ours: Readonly<Record<ComparedField, string | null>> = {
    "status": record.status,
    "verdict": record.verdict,
    "account_id": record.accountId,
    "workflow_execution_id": record.workflowExecutionId,
    "decided_at": toTimestamp(record.decidedAt),
    "valid_until": toTimestamp(record.validUntil),
    "detail": record.detail,
  };
  const found: Readonly<Record<ComparedField, string | null>> = {
    "status": showWord(metadata?.status, VERIFICATION_STATUSES),
    "verdict": showWord(metadata?.verdict, VERDICTS),
    "account_id": metadata?.["account_id"] ?? null,
    "workflow_execution_id": metadata?.["workflow_execution_id"] ?? null,
    "decided_at": toTimestamp(parseTimestamp(metadata?.["decided_at"])),
    "valid_until": toTimestamp(parseTimestamp(metadata?.["valid_until"])),
    "detail": showWord(metadata?.detail, VERIFICATION_DETAILS),
  };
  return compareRecord(record, metadata).map((field) => (
    { field, record: ours[field], ory: found[field] }
  ));
}

/** Another program can write any text into metadata. Only our own words are shown. */
function showWord(text: string | null | undefined, known: readonly string[]): string | null {
  if (text === null || text === undefined) return null;
  return known.includes(text) ? text : "another text";
}
