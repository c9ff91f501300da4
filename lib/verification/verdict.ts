// SPDX-License-Identifier: Apache-2.0
/** What we conclude and publish on the identity. */
export const VERDICTS = ["PASSED", "WARNING", "FAILED"] as const;

export type Verdict = typeof VERDICTS[number];

/** `metadata_public.jumio.status`. */
export const VERIFICATION_STATUSES = [
  "pending",
  "verified",
  "review",
  "rejected",
  "expired",
] as const;

export type VerificationStatus = typeof VERIFICATION_STATUSES[number];

/** Why a person has no decision: their check came to no conclusion, or a validity ended. */
export const VERIFICATION_DETAILS = ["inconclusive", "validity_ended"] as const;

export type VerificationDetail = typeof VERIFICATION_DETAILS[number];

/** A status that a decision leads to. */
export type DecidedStatus = Exclude<VerificationStatus, "pending" | "expired">;

/** The statuses that a decision leads to. The strictest comes last. */
export const DECIDED_STATUSES: readonly string[] = ["verified", "review", "rejected"];

/** Whether a record or an identity has a decision. */
export function isDecided({ status }: { readonly status: string }): boolean {
  return DECIDED_STATUSES.includes(status);
}

/** How strict each verdict is. The numbers fit the places in {@linkcode DECIDED_STATUSES}. */
export const STRICTNESS: Readonly<Record<Verdict, number>> = { PASSED: 0, WARNING: 1, FAILED: 2 };

/** The statuses after which Jumio does not change an execution any more. */
export const FINAL_STATUSES = ["PROCESSED", "SESSION_EXPIRED", "TOKEN_EXPIRED"] as const;

export type FinalStatus = typeof FINAL_STATUSES[number];

export function isFinalStatus(status: string): status is FinalStatus {
  return FINAL_STATUSES.some((final) => final === status);
}

/** What an execution means for its identity. `inconclusive` settles it, and the status stays. */
export type Conclusion =
  | { readonly kind: "decided"; readonly verdict: Verdict; readonly status: DecidedStatus }
  | { readonly kind: "expired" }
  | { readonly kind: "inconclusive" }
  | { readonly kind: "unfinished" };

/**
 * Decides what an execution means. `warningStatus` is what a WARNING becomes.
 *
 * The status comes first: Jumio has been observed to report an expired execution as REJECTED with a
 * score of 100, and a person who closed a tab was not rejected.
 */
export function decide(
  { status, decision }: { status: string; decision: string | undefined },
  { warningStatus }: { warningStatus: "review" | "verified" | "rejected" },
): Conclusion {
  if (status === "SESSION_EXPIRED" || status === "TOKEN_EXPIRED") return { kind: "expired" };
  if (status !== "PROCESSED") return { kind: "unfinished" };
  switch (decision) {
    case "PASSED":
      return { kind: "decided", verdict: "PASSED", status: "verified" };
    case "WARNING":
      return { kind: "decided", verdict: "WARNING", status: warningStatus };
    case "REJECTED":
      return { kind: "decided", verdict: "FAILED", status: "rejected" };
    default:
      return { kind: "inconclusive" };
  }
}
