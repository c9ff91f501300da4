// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createStarted, EXECUTION_ID, NOW } from "../../tests/support/verification_rows.ts";
import { applyConclusion, applyDecision } from "./round.ts";
import type { Verification } from "./rows.ts";
import type { Conclusion } from "./verdict.ts";

const DAY = 86_400_000;
const LATER = NOW + 60_000;
const PASSED = { kind: "decided", verdict: "PASSED", status: "verified" } as const;
const WARNING = { kind: "decided", verdict: "WARNING", status: "review" } as const;
const MAPPED = { ...WARNING, status: "verified" } as const;
const REJECTED = { kind: "decided", verdict: "FAILED", status: "rejected" } as const;

function end(
  before: Partial<Verification>,
  conclusion: Conclusion,
  { validityMs, round = 1 }: { validityMs: number | undefined; round?: number },
): readonly [status: string, decidedAt: number | null, validUntil: number | null] {
  const { status, decidedAt, validUntil } = applyConclusion(createStarted(before), {
    conclusion,
    execution: { id: EXECUTION_ID, round },
    now: LATER,
    validityMs,
  });
  return [status, decidedAt, validUntil];
}

const VERIFIED = {
  status: "verified",
  verdict: "PASSED",
  decidedAt: NOW,
  validUntil: NOW + DAY,
} as const;

Deno.test("applyConclusion() lets a verified end after the validity that is set", () => {
  const validity = { validityMs: 3 * DAY };

  assert.deepEqual(end({}, PASSED, validity), ["verified", LATER, LATER + 3 * DAY]);
  assert.deepEqual(end({}, MAPPED, validity), ["verified", LATER, LATER + 3 * DAY]);
});

Deno.test("applyConclusion() lets a verified be valid for ever where no validity is set", () => {
  assert.deepEqual(end({}, PASSED, { validityMs: undefined }), ["verified", LATER, null]);
});

for (const conclusion of [WARNING, REJECTED] as const) {
  Deno.test(`applyConclusion() gives no end to a ${conclusion.status}, also after a verified`, () => {
    const decided = [conclusion.status, LATER, null];

    assert.deepEqual(end({}, conclusion, { validityMs: DAY }), decided);
    assert.deepEqual(end(VERIFIED, conclusion, { validityMs: DAY }), decided);
  });
}

Deno.test("applyConclusion() keeps the end of the first decision, whatever is set since", () => {
  const kept = ["verified", NOW, NOW + DAY];

  assert.deepEqual(end(VERIFIED, PASSED, { validityMs: 9 * DAY }), kept);
  assert.deepEqual(end(VERIFIED, PASSED, { validityMs: undefined }), kept);
});

Deno.test("applyConclusion() does not give an end to a decision from before the setting", () => {
  const forEver = { ...VERIFIED, validUntil: null };

  assert.deepEqual(end(forEver, PASSED, { validityMs: DAY }), ["verified", NOW, null]);
});

Deno.test("applyConclusion() counts the validity from the decision of the strictest kind", () => {
  const decided = ["verified", LATER, LATER + 3 * DAY];

  assert.deepEqual(end(VERIFIED, MAPPED, { validityMs: 3 * DAY }), decided);
});

Deno.test("applyConclusion() does not verify again by an execution from before the end", () => {
  const ended = { status: "expired", detail: "validity_ended", round: 2 } as const;

  assert.deepEqual(end(ended, PASSED, { validityMs: DAY }), ["expired", null, null]);
  assert.deepEqual(end(ended, REJECTED, { validityMs: DAY }), ["rejected", LATER, null]);
  const again = end(ended, PASSED, { validityMs: DAY, round: 2 });
  assert.deepEqual(again, ["verified", LATER, LATER + DAY]);
});

Deno.test("applyDecision() lets an operator's verified end, and no rejection", () => {
  const review = createStarted({ status: "review", verdict: "WARNING", decidedAt: NOW });
  const decide = (status: "verified" | "rejected", validityMs: number | undefined) =>
    applyDecision(review, { status, now: LATER, validityMs }).validUntil;

  assert.equal(decide("verified", DAY), LATER + DAY);
  assert.equal(decide("verified", undefined), null);
  assert.equal(decide("rejected", DAY), null);
});
