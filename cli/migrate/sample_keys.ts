// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import type { JumioMetadata } from "../../lib/kratos/metadata.ts";
import type { ListedIdentity } from "../../lib/kratos/identities.ts";

/** The statuses of the sample and of its copies, and ours. An operator decides about others. */
const STATUSES: Readonly<Record<string, "pending" | "verified" | "rejected" | "expired">> = {
  initiated: "pending",
  pending: "pending",
  verified: "verified",
  approved: "verified",
  passed: "verified",
  rejected: "rejected",
  denied: "rejected",
  failed: "rejected",
  expired: "expired",
};

/** The keys of the sample and of its copies. The first is the usual one. */
const KEYS = {
  status: ["jumio_verification_status", "jumio_status"],
  decision: ["jumio_verification_decision", "jumio_decision"],
  accountId: ["jumio_account_id"],
  workflowExecutionId: ["jumio_workflow_id", "jumio_workflow_execution_id"],
  initiatedAt: ["jumio_initiated_at"],
  decidedAt: ["jumio_verified_at", "jumio_decided_at"],
} as const;

/** How to convert statuses that the sample left ambiguous. */
export interface SampleOptions {
  /** The status for `rejected` if Jumio had not rejected the person. */
  readonly rejectedAs: "rejected" | "expired";
  /** The status for `rejected` if Jumio had decided WARNING. */
  readonly warningAs: "rejected" | "review";
}

/** The result of reading the flat keys of an identity. */
export type SampleReading =
  /** `jumio` exists. It is never overwritten. */
  | { readonly kind: "has_jumio" }
  | { readonly kind: "no_flat_keys" }
  | { readonly kind: "unknown_status" }
  | { readonly kind: "migrate"; readonly from: string; readonly metadata: JumioMetadata };

/** Converts the flat keys of the public sample on an identity. */
export function readSampleKeys(
  { jumio, flatPublic, flatAdmin }: ListedIdentity,
  options: SampleOptions,
): SampleReading {
  if (jumio !== undefined && jumio !== null) return { kind: "has_jumio" };
  // The sample kept the id of the workflow execution in metadata_admin.
  const flat = { ...flatAdmin, ...flatPublic };
  if (Object.keys(flatPublic).length === 0) return { kind: "no_flat_keys" };
  const from = readText(flat, KEYS.status)?.toLowerCase() ?? "";
  const known = Object.hasOwn(STATUSES, from) ? STATUSES[from] : undefined;
  if (known === undefined) return { kind: "unknown_status" };
  const decision = readText(flat, KEYS.decision)?.toUpperCase();
  const { status, verdict } = decide(known, { decision, ...options });
  return {
    kind: "migrate",
    from,
    metadata: {
      "status": status,
      "verdict": verdict,
      "account_id": readId(flat, KEYS.accountId),
      "workflow_execution_id": readId(flat, KEYS.workflowExecutionId),
      // The sample kept no link. The service creates one for the next verification.
      "verification_url": null,
      "initiated_at": readTime(flat, KEYS.initiatedAt),
      "decided_at": status === "pending" ? null : readTime(flat, KEYS.decidedAt),
      "valid_until": null,
      "detail": null,
    },
  };
}

/** The sample wrote `rejected` for everyone who had not passed. Jumio's decision tells more. */
function decide(
  known: "pending" | "verified" | "rejected" | "expired",
  { decision, rejectedAs, warningAs }: SampleOptions & { decision: string | undefined },
): { status: string; verdict: string | null } {
  if (known === "verified") return { status: "verified", verdict: "PASSED" };
  if (known !== "rejected") return { status: known, verdict: null };
  if (decision === "REJECTED") return { status: "rejected", verdict: "FAILED" };
  if (decision === "WARNING") return { status: warningAs, verdict: "WARNING" };
  return { status: rejectedAs, verdict: rejectedAs === "expired" ? null : "FAILED" };
}

function readText(
  flat: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): string | undefined {
  return keys.map((key) => flat[key]).find((value) => typeof value === "string");
}

function readId(flat: Readonly<Record<string, unknown>>, keys: readonly string[]): string | null {
  return z.guid().toLowerCase().safeParse(readText(flat, keys)).data ?? null;
}

function readTime(flat: Readonly<Record<string, unknown>>, keys: readonly string[]): string | null {
  const ms = Date.parse(readText(flat, keys) ?? "");
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
