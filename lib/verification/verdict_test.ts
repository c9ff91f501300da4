// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type Conclusion, decide, isFinalStatus } from "./verdict.ts";

const CASES: readonly [status: string, decision: string | undefined, conclusion: Conclusion][] = [
  ["PROCESSED", "PASSED", { kind: "decided", verdict: "PASSED", status: "verified" }],
  ["PROCESSED", "WARNING", { kind: "decided", verdict: "WARNING", status: "review" }],
  ["PROCESSED", "REJECTED", { kind: "decided", verdict: "FAILED", status: "rejected" }],
  ["PROCESSED", "NOT_EXECUTED", { kind: "inconclusive" }],
  ["PROCESSED", "ACCEPTED", { kind: "inconclusive" }],
  ["PROCESSED", undefined, { kind: "inconclusive" }],
  ["SESSION_EXPIRED", "REJECTED", { kind: "expired" }],
  ["SESSION_EXPIRED", "NOT_EXECUTED", { kind: "expired" }],
  ["TOKEN_EXPIRED", "PASSED", { kind: "expired" }],
  ["TOKEN_EXPIRED", undefined, { kind: "expired" }],
  ["INITIATED", undefined, { kind: "unfinished" }],
  ["ACQUISITION_STARTED", undefined, { kind: "unfinished" }],
  ["ACQUIRED", "PASSED", { kind: "unfinished" }],
  ["SOMETHING_NEW", "PASSED", { kind: "unfinished" }],
];

for (const [status, decision, conclusion] of CASES) {
  Deno.test(`decide() concludes ${JSON.stringify(conclusion)} from ${status} with ${decision}`, () => {
    assert.deepEqual(decide({ status, decision }, { warningStatus: "review" }), conclusion);
  });
}

for (const warningStatus of ["review", "verified", "rejected"] as const) {
  Deno.test(`decide() makes WARNING ${warningStatus} if the setting says so`, () => {
    const conclusion = decide({ status: "PROCESSED", decision: "WARNING" }, { warningStatus });

    assert.deepEqual(conclusion, { kind: "decided", verdict: "WARNING", status: warningStatus });
  });
}

Deno.test("isFinalStatus() is true for the three final statuses only", () => {
  const statuses = ["PROCESSED", "SESSION_EXPIRED", "TOKEN_EXPIRED", "ACQUIRED", "", "processed"];

  assert.deepEqual(statuses.map(isFinalStatus), [true, true, true, false, false, false]);
});
