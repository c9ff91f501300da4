// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { countRestart, isOverRestartLimit, MAX_RESTARTS_A_DAY, type Restarts } from "./restarts.ts";

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

function restartsAt(...acceptedAt: number[]): Restarts {
  return { v: 1, acceptedAt };
}

Deno.test("isOverRestartLimit() is true from the fifth restart until the oldest is a day old", () => {
  const times = Array.from({ length: MAX_RESTARTS_A_DAY }, (_, index) => NOW + index);
  const all = restartsAt(...times);

  assert.equal(isOverRestartLimit(null, NOW), false);
  assert.equal(isOverRestartLimit(restartsAt(...times.slice(1)), NOW + 9), false);
  assert.equal(isOverRestartLimit(all, NOW + 9), true);
  assert.equal(isOverRestartLimit(all, NOW + DAY - 1), true);
  assert.equal(isOverRestartLimit(all, NOW + DAY), false);
});

Deno.test("countRestart() adds a restart and forgets those of more than a day ago", () => {
  const { value, expireInMs } = countRestart(restartsAt(NOW - DAY, NOW - 1), NOW);

  assert.deepEqual(value, restartsAt(NOW - 1, NOW));
  assert.equal(expireInMs, DAY);
});
