// SPDX-License-Identifier: Apache-2.0
import { changeStatus, lastChangeOf, type Verification } from "./rows.ts";
import { validUntilOf } from "./validity.ts";
import {
  type Conclusion,
  DECIDED_STATUSES,
  isDecided,
  STRICTNESS,
  type Verdict,
  type VerificationStatus,
} from "./verdict.ts";

/**
 * What begins a round: an operator's restart, an operator's `expire`, or the end of a validity. A
 * person who starts again begins none, and neither does an execution that expires.
 */
export type RoundCause = "restart" | "expire" | "validity_ended";

const MAY_BEGIN: Readonly<Record<RoundCause, readonly VerificationStatus[]>> = {
  "restart": ["pending", "review", "rejected", "expired"],
  "expire": ["verified", "review"],
  "validity_ended": ["verified"],
};

/**
 * Begins a round, in which nothing is decided yet. Undefined if the status does not allow this cause.
 *
 * A restart changes nothing else: a rejection stays in force until a new execution exists. The end of a
 * validity changes the status at once.
 *
 * Executions of earlier rounds do not count any more, except that a rejection by one that is still
 * open does, see {@linkcode applyConclusion}. So nobody escapes a rejection that is on its way.
 */
export function beginRound(
  verification: Verification,
  { cause, now }: { cause: RoundCause; now: number },
): Verification | undefined {
  if (!MAY_BEGIN[cause].includes(verification.status)) return undefined;
  const begun = {
    ...verification,
    round: verification.round + 1,
    // Later than each decision of the earlier rounds, although the clock of another instance is ahead.
    roundBeganAt: Math.max(now, lastChangeOf(verification) + 1),
  };
  if (cause === "restart") return { ...begun, isRestarting: isDecided(verification) };
  return {
    ...changeStatus(begun, { status: "expired", now }),
    verdict: null,
    detail: "validity_ended",
    isRestarting: false,
    decidedAt: null,
    validUntil: null,
  };
}

/** Whether something was decided in the present round. Then no execution is started. */
export function hasDecision(verification: Verification): boolean {
  return isDecided(verification) && !verification.isRestarting;
}

/** Records a new execution. Nothing is decided in its round. */
export function applyStart(
  verification: Verification,
  { accountId, workflowExecutionId, now }: {
    accountId: string;
    workflowExecutionId: string;
    now: number;
  },
): Verification {
  return {
    ...changeStatus(verification, { status: "pending", now }),
    verdict: null,
    detail: null,
    isRestarting: false,
    decidedAt: null,
    validUntil: null,
    accountId,
    workflowExecutionId,
    executionCount: verification.executionCount + 1,
    initiatedAt: Math.max(now, verification.roundBeganAt),
  };
}

/**
 * Applies an operator's decision on a review. It replaces what was decided in the round so far. The
 * verdict stays WARNING, because that is what Jumio said, so only a rejection changes the status later.
 */
export function applyDecision(
  verification: Verification,
  { status, now, validityMs }: {
    status: "verified" | "rejected";
    now: number;
    /** How long `verified` is valid. Undefined for ever. */
    validityMs: number | undefined;
  },
): Verification {
  const decidedAt = Math.max(now, verification.roundBeganAt);
  return {
    ...changeStatus(verification, { status, now }),
    isRestarting: false,
    decidedAt,
    validUntil: validUntilOf(status, { decidedAt, validityMs }),
  };
}

/**
 * The verification after one of its executions ended. Returns the same one if the end changes nothing.
 *
 * The strictest decision of a round counts, whichever execution it is of, so nobody escapes a rejection
 * by starting again, and nobody loses a verdict by starting twice. An end without a decision counts only
 * for the newest execution, and replaces no decision.
 */
export function applyConclusion(
  verification: Verification,
  { conclusion, execution, now, validityMs }: {
    conclusion: Conclusion;
    /** Its round is null for one that we have no record of: it counts in the present round. */
    execution: { readonly id: string; readonly round: number | null };
    now: number;
    /** How long `verified` is valid. Undefined for ever. */
    validityMs: number | undefined;
  },
): Verification {
  const isEarlier = (execution.round ?? verification.round) < verification.round;
  if (conclusion.kind === "decided") {
    const { verdict, status } = conclusion;
    const counts = (!isEarlier || verdict === "FAILED") && isStricter(verdict, verification);
    const decidedAt = Math.max(now, verification.roundBeganAt);
    return counts
      ? {
        ...changeStatus(verification, { status, now }),
        verdict,
        detail: null,
        isRestarting: false,
        decidedAt,
        validUntil: validUntilOf(status, { decidedAt, validityMs }),
      }
      : verification;
  }
  const isNewest = execution.id === verification.workflowExecutionId;
  if (isEarlier || !isNewest || isDecided(verification)) return verification;
  switch (conclusion.kind) {
    case "expired":
      return { ...changeStatus(verification, { status: "expired", now }), detail: null };
    case "inconclusive":
      return { ...verification, detail: "inconclusive" };
    case "unfinished":
      return verification;
  }
}

/**
 * By the verdict, not by the status: `JUMIO_WARNING_STATUS` maps what is left after the comparison. And
 * after an operator's decision, which keeps the verdict WARNING, only a rejection is stricter.
 */
function isStricter(verdict: Verdict, verification: Verification): boolean {
  if (!hasDecision(verification)) return true;
  const { status, verdict: before } = verification;
  // Metadata of the public sample has a status and no verdict.
  const strictness = before === null ? DECIDED_STATUSES.indexOf(status) : STRICTNESS[before];
  return STRICTNESS[verdict] > strictness;
}
