import assert from "node:assert/strict";
import type { Row } from "../kv/store.ts";
import { createPace, type Turn } from "./rate_limit.ts";

const KEY = ["pace", "start"];
const NO_TURN: Row<Turn> = { key: KEY, value: null, versionstamp: null };

function turnUntil(nextAt: number): Row<Turn> {
  return { key: KEY, value: { v: 1, nextAt }, versionstamp: "1" };
}

Deno.test("Pace gives a turn at once in quiet times, then one an interval", () => {
  let now = 1_000;
  const pace = createPace({ now: () => now, perSecond: 2 });

  const first = pace.take(NO_TURN);
  const second = pace.take(turnUntil(1_500));
  now += 500;
  const third = pace.take(turnUntil(1_500));

  assert.deepEqual([first.waitMs, second.waitMs, third.waitMs], [0, 500, 0]);
  assert.deepEqual(first.write.sets, [{ key: KEY, value: { v: 1, nextAt: 1_500 } }]);
  assert.deepEqual(second.write, {});
});

Deno.test("Pace takes a turn only if nobody has taken it since it was read", () => {
  const pace = createPace({ now: () => 2_000, perSecond: 1 });
  const row = turnUntil(1_000);

  assert.deepEqual(pace.take(row).write.checks, [row]);
});

Deno.test("Pace goes on after a clock was set back", () => {
  const pace = createPace({ now: () => 0, perSecond: 1 });

  assert.equal(pace.take(turnUntil(86_400_000)).waitMs, 0);
});
