// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import { MAX_SKEW_MS } from "./rounds.ts";
import { readRow } from "./rows.ts";
import type { ModelState } from "./state.ts";

/** A verification ends only when its validity is over, or because an operator ended it. */
export function checkEnded(
  state: ModelState,
  { identityId, before, status, detail }: {
    identityId: string;
    before: string;
    status: string;
    detail: string | null;
  },
): void {
  const isEnd = detail === "validity_ended" && status === "expired";
  assert(detail !== "validity_ended" || isEnd, `the detail of ${status} is that of an end`);
  // The person may have started again before the end was written.
  const isAfterEnd = before === "verified" && (status === "expired" || status === "pending");
  if (!isEnd && !isAfterEnd) return;
  assert(isEnd || status === "pending", "a verification ended like an unfinished one");
  assert(hasEnded(state, identityId), "a verification ended too early");
}

/** Nobody is verified whose validity is over, neither in our record nor on the identity. */
export function checkNotOverdue({ shared, people, clock }: ModelState): void {
  for (const identityId of people) {
    const record = readRow<Verification>(shared, verificationKey(identityId));
    if (record === null || record.goneAt !== null) continue;
    const { validUntil } = record;
    assert(
      validUntil === null || validUntil > clock.now - MAX_SKEW_MS,
      "a validity is over and has not ended",
    );
  }
}

function hasEnded({ changes, history, clock }: ModelState, identityId: string): boolean {
  return history.expired.has(identityId) ||
    changes.expectedOf(identityId).some(({ validUntil }) =>
      validUntil !== null && validUntil <= clock.now + MAX_SKEW_MS
    );
}
