// SPDX-License-Identifier: Apache-2.0
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import { readRow } from "./rows.ts";
import type { ModelState } from "./state.ts";

/** Which status may follow which on an identity. A test compares `docs/architecture.md` with it. */
export const TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  "none": ["pending", "verified", "review", "rejected", "expired"],
  "pending": ["pending", "verified", "review", "rejected", "expired"],
  "expired": ["expired", "pending", "verified", "review", "rejected"],
  "verified": ["verified", "review", "rejected", "expired", "pending"],
  "review": ["review", "rejected"],
  "rejected": ["rejected"],
};

/** After an operator's restart, decision or erasure. */
export const OPERATED_TRANSITIONS: Readonly<Record<string, readonly string[]>> = {
  ...TRANSITIONS,
  "review": ["review", "verified", "rejected", "pending", "expired"],
  "rejected": ["rejected", "pending", "verified", "review", "expired"],
};

/**
 * Whether an older state was written after a newer one. Where clocks differ, two instances can hold
 * the lease of one publication; the confirming read repairs what the slower one wrote.
 */
export function isLate(
  { isSkewed, shared }: ModelState,
  { identityId, before, status }: { identityId: string; before: string; status: string },
): boolean {
  const record = readRow<Verification>(shared, verificationKey(identityId));
  return isSkewed && status !== before && record?.status === before;
}
