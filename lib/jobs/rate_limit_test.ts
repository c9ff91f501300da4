import assert from "node:assert/strict";
import { START } from "../verification/job_kinds.ts";
import type { Row } from "../kv/write.ts";
import { createRateLimit, type Slot } from "./rate_limit.ts";

const KEY = ["rate_limit", "start"];
const NO_SLOT: Row<Slot> = { key: KEY, value: null, versionstamp: null };

function slotUntil(nextAt: number): Row<Slot> {
  return { key: KEY, value: { v: 1, nextAt }, versionstamp: "1" };
}

Deno.test("RateLimit.acquire() gives a slot at once, then one per interval", () => {
  let now = 1_000;
  const rateLimit = createRateLimit({ kind: START, now: () => now, perSecond: 2 });

  const first = rateLimit.acquire(NO_SLOT);
  const second = rateLimit.acquire(slotUntil(1_500));
  now += 500;
  const third = rateLimit.acquire(slotUntil(1_500));

  assert.deepEqual([first.waitMs, second.waitMs, third.waitMs], [0, 500, 0]);
  assert.deepEqual(first.write.sets, [{ key: KEY, value: { v: 1, nextAt: 1_500 } }]);
  assert.deepEqual(second.write, {});
});

Deno.test("RateLimit.acquire() checks that no other instance acquired the slot since it was read", () => {
  const rateLimit = createRateLimit({ kind: START, now: () => 2_000, perSecond: 1 });
  const row = slotUntil(1_000);

  assert.deepEqual(rateLimit.acquire(row).write.checks, [row]);
});

Deno.test("RateLimit.acquire() does not wait after a clock was set back", () => {
  const rateLimit = createRateLimit({ kind: START, now: () => 0, perSecond: 1 });

  assert.equal(rateLimit.acquire(slotUntil(86_400_000)).waitMs, 0);
});
