// SPDX-License-Identifier: Apache-2.0
import { type ExecutionLink, executionLinkKey } from "../executions.ts";
import { createLink, type LinkKeys, linkPeriod } from "../link.ts";
import type { PublishedMetadata } from "../published_metadata.ts";
import type { Verification } from "../rows.ts";
import type { Store } from "../../kv/store.ts";
import { toTimestamp } from "../../timestamp.ts";

export interface MetadataOptions {
  readonly store: Store;
  readonly now: () => number;
  readonly publicUrl: string | undefined;
  /** How the person's links are signed. Undefined without `PUBLIC_URL`. */
  readonly link: { readonly keys: LinkKeys; readonly lifetimeDays: number } | undefined;
}

/** The verification in the form of `metadata_public.jumio`. */
export async function describeVerification(
  verification: Verification,
  options: MetadataOptions,
): Promise<PublishedMetadata> {
  const { status, verdict, detail, accountId, workflowExecutionId } = verification;
  return {
    status,
    verdict,
    "account_id": accountId,
    "workflow_execution_id": workflowExecutionId,
    "verification_url": await verificationUrl(verification, options),
    "initiated_at": toTimestamp(verification.initiatedAt),
    "decided_at": toTimestamp(verification.decidedAt),
    "valid_until": toTimestamp(verification.validUntil),
    detail,
  };
}

/** Our page's address, which stays the same for a period. Without `PUBLIC_URL`, Jumio's own link. */
async function verificationUrl(
  { identityId, acceptedAt, workflowExecutionId }: Verification,
  { store, now, publicUrl, link }: MetadataOptions,
): Promise<string | null> {
  if (publicUrl !== undefined && link !== undefined) {
    const { issuedAt } = linkPeriod({ ...link, acceptedAt, now: now() });
    return await createLink(identityId, { ...link, publicUrl, issuedAt });
  }
  if (workflowExecutionId === null) return null;
  const row = await store.get<ExecutionLink>(executionLinkKey(workflowExecutionId));
  return row.value !== null && row.value.expiresAt > now() ? row.value.href : null;
}
