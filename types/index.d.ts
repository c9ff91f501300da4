// SPDX-License-Identifier: Apache-2.0
// Written by `deno task types` from the schemas of the service. Do not edit it.

/**
 * `metadata_public.jumio` of an identity in Ory. New fields may come
 */
export interface JumioMetadata {
  /**
   * Decide by this. Only `verified` is verified; an unknown value is not
   */
  status: "pending" | "verified" | "review" | "rejected" | "expired";
  /**
   * What Jumio said. Null until there is a decision. Do not decide by it
   */
  verdict: ("PASSED" | "WARNING" | "FAILED") | null;
  /**
   * At Jumio. Null before the first execution and after an erasure
   */
  account_id: string | null;
  /**
   * The newest execution at Jumio. Null before the first and after an erasure
   */
  workflow_execution_id: string | null;
  /**
   * The person's own page. Only for this person, and for no log
   */
  verification_url: string | null;
  /**
   * When the newest execution was started
   */
  initiated_at: string | null;
  /**
   * When the decision was made. Null until then
   */
  decided_at: string | null;
  /**
   * When the decision stops being valid. Null: never, or no decision
   */
  valid_until: string | null;
  /**
   * `inconclusive`: the check came to no conclusion, and the person can try again. `validity_ended`: they were verified, and have to verify again. Null in all other cases
   */
  detail: ("inconclusive" | "validity_ended") | null;
}

/**
 * The body of an event. New fields may come
 */
export interface VerificationEvent {
  type: "verification.changed" | "verification.ending";
  /**
   * When it happened. The event may be delivered later
   */
  timestamp: string;
  data: {
    /**
     * The id of the identity in Ory
     */
    identity_id: string;
    /**
     * Decide by this. Only `verified` is verified; an unknown value is not
     */
    status: "pending" | "verified" | "review" | "rejected" | "expired";
    /**
     * `none`: nothing was published on the identity before
     */
    previous_status: "none" | "pending" | "verified" | "review" | "rejected" | "expired";
    /**
     * What Jumio said. Null until there is a decision. Do not decide by it
     */
    verdict: ("PASSED" | "WARNING" | "FAILED") | null;
    /**
     * `inconclusive`: the check came to no conclusion, and the person can try again. `validity_ended`: they were verified, and have to verify again. Null in all other cases
     */
    detail: ("inconclusive" | "validity_ended") | null;
    /**
     * The newest execution at Jumio. Null before the first and after an erasure
     */
    workflow_execution_id: string | null;
    /**
     * When the decision was made. Null until then
     */
    decided_at: string | null;
    /**
     * When the decision stops being valid. Null: never, or no decision
     */
    valid_until: string | null;
    /**
     * Grows with each change of an identity, and not by one. Drop an event with a lower number than one that you have seen of the same identity
     */
    sequence: number;
  };
}
