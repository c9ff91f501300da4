// SPDX-License-Identifier: Apache-2.0
import type { Store } from "./store.ts";
import type { Write } from "./write.ts";

/**
 * How often a write is built and committed. Each conflict means that another write succeeded, so a
 * storm on one row takes about as many attempts as there are writers.
 */
const MAX_ATTEMPTS = 20;

/** An optimistic write was given up because of conflicts. Nothing was written. */
export class WriteConflictError extends Error {
  override readonly name = "WriteConflictError";

  /** The action comes first in the message: `store a callback`. */
  constructor(action: string) {
    super(`Cannot ${action}: its rows changed during each of ${MAX_ATTEMPTS} attempts`);
  }
}

/** What one attempt wants to write, and what the whole update results in if that is written. */
export interface Update<Outcome> {
  /** Undefined where there is nothing to write: the outcome holds at once. */
  readonly write?: Write | undefined;
  readonly outcome: Outcome;
}

/**
 * Reads rows, builds a write from them and commits it. Repeats all of that on a conflict, that is,
 * when a row changed between reading and writing. This is the only retry loop for such writes.
 *
 * `build` must read again whatever it needs: what it read in an earlier attempt is out of date. It
 * gets the number of the attempt, from 1. `action` completes the sentence "Cannot …" in the error.
 *
 * @returns The outcome of the attempt that was written, or that had nothing to write.
 * @throws {WriteConflictError} After 20 conflicts. That is a storm on one row, or a bug.
 */
export async function updateRows<Outcome>(
  store: Pick<Store, "commit">,
  { action, build }: {
    action: string;
    build: (attempt: number) => Promise<Update<Outcome>>;
  },
): Promise<Outcome> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { write, outcome } = await build(attempt);
    if (write === undefined || await store.commit(write)) return outcome;
  }
  throw new WriteConflictError(action);
}
