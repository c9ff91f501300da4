// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { CURES } from "./cure_table.ts";
import { FAILURE_REASONS, isReplayable } from "./failure_reasons.ts";

Deno.test("isReplayable() says no exactly where the table of cures does", () => {
  const cured = CURES.filter(({ nextStep }) => /do not replay/i.test(nextStep))
    .flatMap(({ reasons }) => reasons);

  const left = FAILURE_REASONS.filter((reason) => !isReplayable({ reason }));

  assert.deepEqual(left, cured.toSorted());
  assert(left.length > 0);
});

Deno.test("FAILURE_REASONS names each reason once", () => {
  assert.equal(new Set(FAILURE_REASONS).size, FAILURE_REASONS.length);
  assert(FAILURE_REASONS.includes("kratos_status"));
});
