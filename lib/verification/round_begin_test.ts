// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createStarted, NOW } from "../../tests/support/verification_rows.ts";
import { applyDecision, applyStart, beginRound, hasDecision, type RoundCause } from "./round.ts";
import type { Verification } from "./rows.ts";
import { VERIFICATION_STATUSES } from "./verdict.ts";

const LATER = NOW + 60_000;
const VERIFIED = {
  status: "verified",
  verdict: "PASSED",
  decidedAt: NOW,
  validUntil: LATER,
  changedAt: NOW,
} as const;
const REJECTED = { ...VERIFIED, status: "rejected", verdict: "FAILED" } as const;

function begin(change: Partial<Verification>, cause: RoundCause): Verification | undefined {
  return beginRound(createStarted(change), { cause, now: LATER });
}

Deno.test("beginRound() keeps a rejection in force at a restart, and allows a start", () => {
  const begun = begin(REJECTED, "restart");

  const before = createStarted(REJECTED);
  const roundBeganAt = LATER;
  assert.deepEqual(begun, { ...before, round: 2, roundBeganAt, isRestarting: true });
  assert.deepEqual([hasDecision(before), begun && hasDecision(begun)], [true, false]);
});

Deno.test("beginRound() changes only the round of a person without a decision at a restart", () => {
  const begun = begin({ detail: "inconclusive" }, "restart");

  const before = createStarted({ detail: "inconclusive" });
  assert.deepEqual(begun, { ...before, round: 2, roundBeganAt: LATER });
});

Deno.test("applyStart() makes a person pending whom an operator restarted", () => {
  const begun = begin({ ...REJECTED, detail: "inconclusive", decidedAt: LATER }, "restart");
  const ids = { accountId: "a", workflowExecutionId: "e" };

  const started = applyStart(begun ?? createStarted(), { ...ids, now: NOW + 1 });

  assert.deepEqual(started, {
    ...createStarted(ids),
    changedAt: NOW + 1,
    round: 2,
    roundBeganAt: LATER + 1,
    initiatedAt: LATER + 1,
    executionCount: 1,
  });
});

Deno.test("applyDecision() replaces what was decided, with its time and the same verdict", () => {
  const review = createStarted({ status: "review", verdict: "WARNING", decidedAt: NOW });

  const decided = applyDecision(review, { status: "verified", now: LATER, validityMs: undefined });

  assert.deepEqual(decided, { ...review, status: "verified", decidedAt: LATER, changedAt: LATER });
});

for (const cause of ["expire", "validity_ended"] as const) {
  Deno.test(`beginRound() makes a verified person expired by ${cause}, with the detail`, () => {
    const begun = begin(VERIFIED, cause);

    assert.deepEqual(begun, {
      ...createStarted(VERIFIED),
      status: "expired",
      verdict: null,
      detail: "validity_ended",
      decidedAt: null,
      validUntil: null,
      changedAt: LATER,
      round: 2,
      roundBeganAt: LATER,
    });
  });
}

const ALLOWED: [RoundCause, readonly string[]][] = [
  ["restart", ["pending", "review", "rejected", "expired"]],
  ["expire", ["verified", "review"]],
  ["validity_ended", ["verified"]],
];
for (const [cause, allowed] of ALLOWED) {
  Deno.test(`beginRound() begins a round for ${cause} only from ${allowed.join(", ")}`, () => {
    const begun = VERIFICATION_STATUSES.filter((status) => begin({ status }, cause) !== undefined);

    assert.deepEqual(begun.toSorted(), allowed.toSorted());
  });
}

Deno.test("beginRound() keeps the ids, so that a new execution is made on the same account", () => {
  const before = createStarted(REJECTED);
  const begun = begin(REJECTED, "restart");

  assert.deepEqual(
    [begun?.accountId, begun?.workflowExecutionId, begun?.acceptedAt],
    [before.accountId, before.workflowExecutionId, before.acceptedAt],
  );
});

Deno.test("beginRound() begins later than each decision before, although a clock was ahead", () => {
  const begun = begin({ ...REJECTED, decidedAt: LATER + 30_000 }, "restart");

  assert.equal(begun?.roundBeganAt, LATER + 30_001);
});
