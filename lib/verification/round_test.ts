// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createStarted, EXECUTION_ID, NOW } from "../../tests/support/verification_rows.ts";
import { applyConclusion } from "./round.ts";
import type { Verification } from "./rows.ts";
import type { Conclusion, DecidedStatus, Verdict, VerificationStatus } from "./verdict.ts";

const OLDER_ID = "b3c8d0e5-4f72-4a1c-9d38-a1e2c7b5f633";
const NEWEST = { id: EXECUTION_ID, round: 1 };
const OLDER = { id: OLDER_ID, round: 1 };
const LATER = NOW + 60_000;

const PASSED = decide("PASSED", "verified");
const WARNING = decide("WARNING", "review");
const REJECTED = decide("FAILED", "rejected");
const VERIFIED = { status: "verified", verdict: "PASSED", decidedAt: NOW } as const;
const REVIEW = { status: "review", verdict: "WARNING", decidedAt: NOW } as const;

function decide(verdict: Verdict, status: DecidedStatus): Conclusion {
  return { kind: "decided", verdict, status };
}

function end(
  before: Partial<Verification>,
  conclusion: Conclusion,
  execution: { id: string; round: number | null } = NEWEST,
): { readonly before: Verification; readonly after: Verification } {
  const started = createStarted(before);
  return {
    before: started,
    after: applyConclusion(started, { conclusion, execution, now: LATER, validityMs: undefined }),
  };
}

function decisionOf({ status, verdict, decidedAt }: Verification): unknown[] {
  return [status, verdict, decidedAt];
}

Deno.test("applyConclusion() applies a decision with its time, and ends the detail", () => {
  const { after } = end({ detail: "inconclusive" }, PASSED);

  assert.deepEqual(decisionOf(after), ["verified", "PASSED", LATER]);
  assert.equal(after.detail, null);
});

for (const [conclusion, status] of [[PASSED, "verified"], [REJECTED, "rejected"]] as const) {
  Deno.test(`applyConclusion() lets an older execution of the round make a person ${status}`, () => {
    assert.equal(end({}, conclusion, OLDER).after.status, status);
  });

  Deno.test(`applyConclusion() lets an older execution make a person ${status} whose newest one expired`, () => {
    assert.equal(end({ status: "expired" }, conclusion, OLDER).after.status, status);
  });
}

const ORDERS = [
  [PASSED, WARNING, REJECTED],
  [PASSED, REJECTED, WARNING],
  [WARNING, PASSED, REJECTED],
  [WARNING, REJECTED, PASSED],
  [REJECTED, PASSED, WARNING],
  [REJECTED, WARNING, PASSED],
];
for (const order of ORDERS) {
  const names = order.map((conclusion) => conclusion.kind === "decided" && conclusion.verdict);
  Deno.test(`applyConclusion() keeps the strictest decision of a round after ${names.join(", ")}`, () => {
    const after = order.reduce(
      (verification, conclusion, at) =>
        applyConclusion(verification, {
          conclusion,
          execution: OLDER,
          now: NOW + at,
          validityMs: undefined,
        }),
      createStarted(),
    );

    assert.deepEqual(decisionOf(after), ["rejected", "FAILED", NOW + order.indexOf(REJECTED)]);
  });
}

Deno.test("applyConclusion() keeps the time of the first decision of the strictest kind", () => {
  const { before, after } = end({ ...REVIEW, validUntil: NOW + 9 }, WARNING, OLDER);

  assert.equal(after, before);
});

for (const warningStatus of ["verified", "rejected"] as const) {
  Deno.test(`applyConclusion() ranks a warning that counts as ${warningStatus} by its verdict`, () => {
    const warning = decide("WARNING", warningStatus);

    const { after: stricter } = end(VERIFIED, warning, OLDER);
    const { after: kept } = end({ ...VERIFIED, status: warningStatus, verdict: "WARNING" }, PASSED);
    const { after: rejected } = end(
      { ...VERIFIED, status: warningStatus, verdict: "WARNING" },
      REJECTED,
    );

    assert.deepEqual(decisionOf(stricter), [warningStatus, "WARNING", LATER]);
    assert.deepEqual(decisionOf(kept), [warningStatus, "WARNING", NOW]);
    assert.deepEqual(decisionOf(rejected), ["rejected", "FAILED", LATER]);
  });
}

for (const conclusion of [PASSED, WARNING] as const) {
  for (const status of ["verified", "rejected"] as const) {
    const verdict = conclusion.kind === "decided" && conclusion.verdict;
    Deno.test(`applyConclusion() lets a later ${verdict} change no ${status} of an operator`, () => {
      const { before, after } = end({ ...REVIEW, status }, conclusion, OLDER);

      assert.equal(after, before);
    });
  }
}

Deno.test("applyConclusion() lets a later rejection change the verified of an operator", () => {
  const { after } = end({ ...REVIEW, status: "verified" }, REJECTED, OLDER);

  assert.deepEqual(decisionOf(after), ["rejected", "FAILED", LATER]);
});

const UNDECIDED: Conclusion[] = [{ kind: "expired" }, { kind: "inconclusive" }];
for (const conclusion of UNDECIDED) {
  for (const decision of [VERIFIED, REVIEW]) {
    Deno.test(`applyConclusion() lets no end as ${conclusion.kind} replace ${decision.verdict}`, () => {
      const { before, after } = end(decision, conclusion);

      assert.equal(after, before);
    });
  }

  Deno.test(`applyConclusion() lets only the newest execution end as ${conclusion.kind}`, () => {
    const { before, after } = end({}, conclusion, OLDER);

    assert.equal(after, before);
  });
}

for (const kind of ["expired", "inconclusive"] as const) {
  Deno.test(`applyConclusion() keeps a rejection whose restart kept an execution that ends as ${kind}`, () => {
    const rejected = { status: "rejected", verdict: "FAILED", decidedAt: NOW } as const;
    const { before, after } = end({ ...rejected, isRestarting: true }, { kind });

    assert.equal(after, before);
  });
}

Deno.test("applyConclusion() lets the newest execution expire, without a detail", () => {
  const { after } = end({ detail: "inconclusive" }, { kind: "expired" });

  assert.deepEqual([...decisionOf(after), after.detail], ["expired", null, null, null]);
});

Deno.test("applyConclusion() leaves a person pending whose newest execution was inconclusive", () => {
  const { after } = end({}, { kind: "inconclusive" });

  assert.deepEqual([after.status, after.verdict, after.detail], ["pending", null, "inconclusive"]);
});

Deno.test("applyConclusion() changes nothing before the end", () => {
  const { before, after } = end({}, { kind: "unfinished" });

  assert.equal(after, before);
});

const NEXT_ROUND: Partial<Verification> = { round: 2, roundBeganAt: NOW };
const ROUND_BEFORE = [PASSED, WARNING, ...UNDECIDED];
for (const conclusion of ROUND_BEFORE) {
  const name = conclusion.kind === "decided" ? conclusion.verdict : conclusion.kind;
  Deno.test(`applyConclusion() does not count ${name} of an execution of an earlier round`, () => {
    const { before, after } = end(NEXT_ROUND, conclusion, NEWEST);

    assert.equal(after, before);
  });
}

const STATUSES: VerificationStatus[] = ["pending", "expired", "verified", "review"];
for (const status of STATUSES) {
  Deno.test(`applyConclusion() counts a rejection of an earlier round where the new one is ${status}`, () => {
    const { after } = end({ ...NEXT_ROUND, status }, REJECTED, OLDER);

    assert.deepEqual(decisionOf(after), ["rejected", "FAILED", LATER]);
  });
}

Deno.test("applyConclusion() counts a rejection that arrives after an operator's restart", () => {
  const restarted = { ...NEXT_ROUND, ...VERIFIED, status: "rejected", verdict: "FAILED" } as const;

  const { after } = end({ ...restarted, isRestarting: true }, REJECTED, OLDER);

  assert.deepEqual([...decisionOf(after), after.isRestarting], [
    "rejected",
    "FAILED",
    LATER,
    false,
  ]);
});

Deno.test("applyConclusion() lets nothing milder of an earlier round end a rejection that is restarted", () => {
  const restarted = { ...NEXT_ROUND, ...VERIFIED, status: "rejected", verdict: "FAILED" } as const;
  for (const conclusion of ROUND_BEFORE) {
    const { before, after } = end({ ...restarted, isRestarting: true }, conclusion);

    assert.equal(after, before);
  }
});

Deno.test("applyConclusion() counts an execution without a record in the present round", () => {
  assert.equal(end(NEXT_ROUND, PASSED, { id: EXECUTION_ID, round: null }).after.status, "verified");
});

for (
  const [status, verdict] of [["rejected", null], ["rejected", "WARNING"], [
    "verified",
    "WARNING",
  ]] as const
) {
  Deno.test(`applyConclusion() keeps an adopted ${status} with the verdict ${verdict} after a warning`, () => {
    const { before, after } = end({ status, verdict, decidedAt: NOW }, WARNING);

    assert.equal(after, before);
  });
}
