// SPDX-License-Identifier: Apache-2.0
/** How a person's visit to Jumio ends. */
export const OUTCOMES = [
  "passed",
  "warning",
  "rejected",
  "inconclusive",
  "abandoned",
  "link_expired",
] as const;

export type Outcome = typeof OUTCOMES[number];

/** What happened to one callback: the status of its answer, or why there is none. */
export type Delivery = { readonly status: number } | {
  readonly status: "dropped" | "held" | "failed";
};

/** An execution as the simulator keeps it. */
export interface SimulatedExecution {
  readonly id: string;
  readonly accountId: string;
  readonly customerInternalReference: string;
  readonly userReference: string | undefined;
  readonly definitionKey: string;
  readonly callbackUrl: string | undefined;
  readonly successUrl: string | undefined;
  readonly errorUrl: string | undefined;
  /** Undefined: the one of the portal. */
  readonly locale: string | undefined;
  readonly href: string;
  readonly linkToken: string;
  readonly createdAt: number;
  readonly linkExpiresAt: number;
  status: string;
  decision: { type: string; label: string; score: number } | undefined;
  startedAt: number | undefined;
  completedAt: number | undefined;
  /** The callbacks about its end. Undefined until they have been sent. */
  deliveries: readonly Delivery[] | undefined;
}

const DECISIONS = {
  passed: { type: "PASSED", label: "PASSED", score: 12 },
  warning: { type: "WARNING", label: "WARNING", score: 55 },
  rejected: { type: "REJECTED", label: "REJECTED", score: 100 },
  inconclusive: { type: "NOT_EXECUTED", label: "TECHNICAL_ERROR", score: -1 },
};

/** Ends an execution, as the person or the time would have. */
export function endExecution(
  execution: SimulatedExecution,
  { outcome, at }: { outcome: Outcome; at: number },
): void {
  execution.completedAt = at;
  if (outcome === "abandoned" || outcome === "link_expired") {
    execution.status = outcome === "abandoned" ? "SESSION_EXPIRED" : "TOKEN_EXPIRED";
    execution.decision = toExpiredDecision(execution);
  } else {
    execution.status = "PROCESSED";
    execution.decision = DECISIONS[outcome];
  }
}

/**
 * Jumio reports expired executions in two forms: NOT_EXECUTED with a score of -1, and REJECTED with
 * 100. The simulator uses both; the id of the execution selects one.
 */
function toExpiredDecision({ id, status }: SimulatedExecution): SimulatedExecution["decision"] {
  const looksRejected = Number.parseInt(id.slice(0, 2), 16) % 2 === 0;
  return looksRejected
    ? { type: "REJECTED", label: status, score: 100 }
    : { type: "NOT_EXECUTED", label: status, score: -1 };
}
