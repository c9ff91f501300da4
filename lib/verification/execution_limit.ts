// SPDX-License-Identifier: Apache-2.0
import { MAX_LISTED_EXECUTIONS } from "./executions.ts";
import type { Verification } from "./rows.ts";

/** How many executions an operator's restart allows, at least. The person may need several tries. */
export const ALLOWED_BY_RESTART = 5;

/**
 * Whether the person has had as many executions as they may have. Then none is made, whoever asks,
 * until an operator's restart allows more.
 *
 * Counted are the executions that the record took, over all rounds. A create call whose answer was lost
 * is not the person's fault, and has a limit of its own.
 */
export function isUsedUp(
  { executionCount, executionsAllowed }: Verification,
  { maxExecutions }: { maxExecutions: number },
): boolean {
  return executionCount >= Math.max(maxExecutions, executionsAllowed ?? 0);
}

/** The verification after an operator has allowed more executions. */
export function allowMore(verification: Verification): Verification {
  const { executionCount, executionsAllowed } = verification;
  const more = Math.min(executionCount + ALLOWED_BY_RESTART, MAX_LISTED_EXECUTIONS);
  return { ...verification, executionsAllowed: Math.max(executionsAllowed ?? 0, more) };
}

/** Whether not even an operator can allow more: an erasure could not delete everything in one write. */
export function isExhausted({ executionCount }: Verification): boolean {
  return executionCount >= MAX_LISTED_EXECUTIONS;
}
