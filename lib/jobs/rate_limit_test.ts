import assert from "node:assert/strict";
import type { Row } from "../kv/write.ts";
import { createRateLimit, type Slot } from "./rate_limit.ts";

const KEY = ["rate_limit", "start"];
const NO_TURN: Row<Slot> = { key: KEY, value: null, versionstamp: null };

function turnUntil(nextAt: number): Row<Slot> {
  return { key: KEY, value: { v: 1, nextAt }, versionstamp: "1" };
}

Deno.test("RateLimit gives a slot at once in quiet times, then one an interval", () => {
  let now = 1_000;
  const rateLimit = createRateLimit({ now: () => now, perSecond: 2 });

  const first = rateLimit.acquire(NO_TURN);
  const second = rateLimit.acquire(turnUntil(1_500));
  now += 500;
  const third = rateLimit.acquire(turnUntil(1_500));

  assert.deepEqual([first.waitMs, second.waitMs, third.waitMs], [0, 500, 0]);
  assert.deepEqual(first.write.sets, [{ key: KEY, value: { v: 1, nextAt: 1_500 } }]);
  assert.deepEqual(second.write, {});
});

Deno.test("Pace takes a turn only if nobody has taken it since it was read", () => {
  const rateLimit = createRateLimit({ now: () => 2_000, perSecond: 1 });
  const row = turnUntil(1_000);

  assert.deepEqual(rateLimit.acquire(row).write.checks, [row]);
});

Deno.test("Pace goes on after a clock was set back", () => {
  const rateLimit = createRateLimit({ now: () => 0, perSecond: 1 });

  assert.equal(rateLimit.acquire(turnUntil(86_400_000)).waitMs, 0);
});
