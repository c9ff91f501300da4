// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { formatCount, formatTime, isOverdue } from "./format.ts";

const NOW = Date.UTC(2026, 4, 4, 9);
const FIVE_MINUTES = 300_000;

for (
  const [name, oldestDueAt, expected] of [
    ["an empty queue", undefined, false],
    ["a job that is due later", NOW + 1, false],
    ["a job that has been due for five minutes", NOW - FIVE_MINUTES, false],
    ["a job that has been due for longer", NOW - FIVE_MINUTES - 1, true],
  ] as const
) {
  Deno.test(`isOverdue() is ${expected} for ${name}`, () => {
    assert.equal(isOverdue(oldestDueAt, NOW), expected);
  });
}

Deno.test("formatTime() prints UTC to the second", () => {
  assert.equal(formatTime(NOW + 1_999), "2026-05-04 09:00:01");
});

Deno.test("formatCount() marks a count that stopped at its limit", () => {
  assert.equal(formatCount({ count: 7, isMore: false }), "7");
  assert.equal(formatCount({ count: 1_000, isMore: true }), "1000+");
});
