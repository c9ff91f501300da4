// SPDX-License-Identifier: Apache-2.0
/** How many new executions a person can have in a day. Each may cost the operator money. */
export const MAX_RESTARTS_A_DAY = 5;

const DAY_MS = 86_400_000;

/** The restarts of one person in the last day. An operator's are not among them. */
export interface Restarts {
  readonly v: 1;
  readonly acceptedAt: readonly number[];
}

/** Whether the person has had all restarts of a day. */
export function isOverRestartLimit(restarts: Restarts | null, now: number): boolean {
  return recentRestarts(restarts, now).length >= MAX_RESTARTS_A_DAY;
}

/** Adds a restart, and forgets those that count no longer. The row lives for `expireInMs`. */
export function countRestart(
  restarts: Restarts | null,
  now: number,
): { value: Restarts; expireInMs: number } {
  return {
    value: { v: 1, acceptedAt: [...recentRestarts(restarts, now), now] },
    expireInMs: DAY_MS,
  };
}

function recentRestarts(restarts: Restarts | null, now: number): readonly number[] {
  return restarts?.acceptedAt.filter((at) => at > now - DAY_MS) ?? [];
}
