// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { START } from "../verification/job_kinds.ts";
import type { Row } from "../kv/write.ts";
import { createRateLimit, type RateLimit, type Turn } from "./rate_limit.ts";

const KEY = ["rate_limit", "start"];
const SECOND = 1_000;

/** A row of KV that instances share. */
class SharedRow {
  row: Row<Turn> = { key: KEY, value: null, versionstamp: null };
  #version = 0;

  /** False where another instance was faster, as KV answers. */
  commit({ checks = [], sets = [] }: ReturnType<RateLimit["acquire"]>["write"]): boolean {
    if (checks[0]?.versionstamp !== this.row.versionstamp) return false;
    // Only this row is written.
    const value = sets[0]?.value as Turn;
    this.row = { key: KEY, value, versionstamp: String(++this.#version) };
    return true;
  }
}

/** Takes a turn at once. Returns how long there is to wait where that is not possible. */
function take(limit: RateLimit, shared: SharedRow): number {
  const { waitMs, write, confirm } = limit.acquire(shared.row);
  if (waitMs > 0) return waitMs;
  assert(shared.commit(write));
  confirm();
  return 0;
}

/** Two instances with clocks of their own, on one row. */
function createPair(perSecond: number): {
  shared: SharedRow;
  clocks: { now: number }[];
  limits: RateLimit[];
} {
  const clocks = [{ now: 5_000_000 }, { now: 17 }];
  const limits = clocks.map((clock) =>
    createRateLimit({ kind: START, monotonic: () => clock.now, perSecond })
  );
  return { shared: new SharedRow(), clocks, limits };
}

Deno.test("RateLimit.acquire() gives a turn at once, then one per interval", () => {
  const { shared, clocks: [clock = { now: 0 }], limits: [limit] } = createPair(2);
  assert(limit);

  const waits = [take(limit, shared), take(limit, shared)];
  clock.now += 499;
  waits.push(take(limit, shared));
  clock.now += 1;
  waits.push(take(limit, shared));

  assert.deepEqual(waits, [0, 500, 1, 0]);
});

Deno.test("RateLimit.acquire() checks that no other instance took a turn since the row was read", () => {
  const { shared, limits: [one, two] } = createPair(1);

  const mine = one?.acquire(shared.row);
  const theirs = two?.acquire(shared.row);

  assert(mine !== undefined && theirs !== undefined);
  assert.deepEqual([shared.commit(theirs.write), shared.commit(mine.write)], [true, false]);
});

Deno.test("RateLimit.acquire() waits a whole interval after the turn of another instance is seen", () => {
  const { shared, clocks: [, clock = { now: 0 }], limits: [one, two] } = createPair(1);
  assert(one !== undefined && two !== undefined);
  take(one, shared);
  clock.now += 700;

  const waits = [take(two, shared)];
  clock.now += 1000;
  waits.push(take(two, shared));

  assert.deepEqual(waits, [1000, 0]);
});

Deno.test("RateLimit.acquire() does not wait for a turn that was observed an interval ago", () => {
  const { shared, clocks: [, clock = { now: 0 }], limits: [one, two] } = createPair(1);
  assert(one !== undefined && two !== undefined);
  take(one, shared);
  two.observe(shared.row);
  clock.now += 1000;
  two.observe(shared.row);

  assert.equal(take(two, shared), 0);
});

Deno.test("RateLimit.acquire() takes its own turn for another's if it does not know that it was committed", () => {
  const { shared, clocks: [clock = { now: 0 }], limits: [limit] } = createPair(1);
  assert(limit);
  shared.commit(limit.acquire(shared.row).write);
  clock.now += 900;

  assert.equal(take(limit, shared), 1000);
});

/** When turns are taken by instances that always have work, with slow reads, commits and timers. */
function simulate(
  { instances, perSecond, forMs }: { instances: number; perSecond: number; forMs: number },
): number[] {
  const shared = new SharedRow();
  let seed = 1;
  const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;
  let time = 0;
  const events: { at: number; run: () => void }[] = [];
  const schedule = (afterMs: number, run: () => void) => events.push({ at: time + afterMs, run });
  const turns: number[] = [];
  for (let index = 0; index < instances; index++) {
    const offset = index * 40_000;
    const limit = createRateLimit({ kind: START, monotonic: () => time + offset, perSecond });
    const loop = () => {
      const { waitMs, write, confirm } = limit.acquire(shared.row);
      if (waitMs > 0) return schedule(waitMs + random() * 20, loop);
      // The commit reaches KV, and its answer comes a moment later.
      schedule(random() * 10, () => {
        if (!shared.commit(write)) return schedule(random() * 10, loop);
        turns.push(time);
        schedule(random() * 10, () => {
          confirm();
          schedule(random() * 10, loop);
        });
      });
    };
    schedule(random() * SECOND, loop);
  }
  for (;;) {
    events.sort((a, b) => a.at - b.at);
    const next = events.shift();
    if (next === undefined || next.at > forMs) return turns;
    time = next.at;
    next.run();
  }
}

function mostWithin(windowMs: number, times: readonly number[]): number {
  const counts = times.map((from) =>
    times.filter((at) => at >= from && at < from + windowMs).length
  );
  return Math.max(...counts);
}

for (const instances of [1, 2, 5]) {
  for (const perSecond of [0.5, 1, 2, 5, 20]) {
    Deno.test(`${instances} instances with different clocks keep a limit of ${perSecond} a second, and reach it`, () => {
      const turns = simulate({ instances, perSecond, forMs: 60 * SECOND });

      assert(mostWithin(10 * SECOND, turns) <= Math.max(1.1 * 10 * perSecond, 10 * perSecond + 1));
      assert(mostWithin(SECOND, turns) <= Math.max(2 * perSecond, 1), "in a second");
      assert(turns.length >= 0.95 * 60 * perSecond, `${turns.length} turns`);
    });
  }
}
