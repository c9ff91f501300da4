// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createStarted } from "../../tests/support/verification_rows.ts";
import { ALLOWED_BY_RESTART, allowMore, isExhausted, isUsedUp } from "./execution_limit.ts";
import { MAX_LISTED_EXECUTIONS } from "./executions.ts";

for (
  const [executionCount, executionsAllowed, isOver] of [
    [19, null, false],
    [20, null, true],
    // Lowering the setting stops people who have had more already.
    [35, null, true],
    [20, 25, false],
    [25, 25, true],
    // What an operator allowed is not less than the setting.
    [8, 7, false],
  ] as const
) {
  Deno.test(`isUsedUp() is ${isOver} after ${executionCount} of 20 executions where an operator allowed ${executionsAllowed}`, () => {
    const verification = createStarted({ executionCount, executionsAllowed });

    assert.equal(isUsedUp(verification, { maxExecutions: 20 }), isOver);
  });
}

Deno.test("allowMore() counts from the executions that were made, however often it is asked", () => {
  const verification = createStarted({ executionCount: 20 });

  const allowed = allowMore(allowMore(verification));

  assert.deepEqual(allowed, { ...verification, executionsAllowed: 20 + ALLOWED_BY_RESTART });
});

Deno.test("allowMore() allows no more executions than an erasure can close", () => {
  const most = MAX_LISTED_EXECUTIONS;

  const nearly = allowMore(createStarted({ executionCount: most - 1 }));

  assert.equal(nearly.executionsAllowed, most);
  assert.deepEqual(
    [most - 1, most].map((executionCount) => isExhausted({ ...nearly, executionCount })),
    [
      false,
      true,
    ],
  );
});
