// SPDX-License-Identifier: Apache-2.0
import type { EraseData } from "../job_kinds.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";
import { toTimestamp } from "../../timestamp.ts";

/** What an identity says after the erasure. Undefined if it has no metadata, and needs none. */
export function describeLeft(
  { left }: Pick<EraseData, "left">,
  found: JumioMetadata | null | undefined,
): JumioMetadata | undefined {
  const erased = { "account_id": null, "workflow_execution_id": null, "verification_url": null };
  if (left === null) {
    return found === null || found === undefined ? undefined : { ...found, ...erased };
  }
  const { status, verdict, initiatedAt, decidedAt, validUntil, detail } = left;
  return {
    status,
    verdict,
    ...erased,
    "initiated_at": toTimestamp(initiatedAt),
    "decided_at": toTimestamp(decidedAt),
    "valid_until": toTimestamp(validUntil),
    detail,
  };
}

/**
 * Whether an identity says what an erasure leaves on it: the status and the verdict, no ids and no
 * link. The times do not count: they name nobody.
 */
export function isLeftMetadata(found: JumioMetadata | null, left: JumioMetadata): boolean {
  const fields = [
    "status",
    "verdict",
    "account_id",
    "workflow_execution_id",
    "verification_url",
  ] as const;
  return found !== null &&
    fields.every((field) => (found[field] ?? null) === (left[field] ?? null));
}
