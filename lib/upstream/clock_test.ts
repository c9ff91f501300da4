// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type ClockCheck, createClockCheck } from "./clock.ts";

const TRUE_TIME = Date.UTC(2026, 4, 4, 9);

/** A clock that is `offsetMs` ahead, and a Jumio that answers the right time or what `date` says. */
function createWorld(
  { offsetMs, headers }: { offsetMs: number; headers?: Record<string, string> },
): {
  clock: ClockCheck;
  changes: number[];
  world: { offsetMs: number; asked: number; at: number };
} {
  const changes: number[] = [];
  const world = { offsetMs, asked: 0, at: 0 };
  const clock: ClockCheck = createClockCheck({
    ask() {
      world.asked++;
      answer();
      return Promise.resolve();
    },
    monotonic: () => world.at,
    onChange: (changed) => changes.push(changed),
  });
  function answer(): void {
    const sentAt = TRUE_TIME + world.offsetMs;
    const date = { "date": new Date(TRUE_TIME).toUTCString() };
    clock.observe({ headers: new Headers(headers ?? date), sentAt, receivedAt: sentAt + 40 });
  }
  return { clock, changes, world };
}

for (const offsetMs of [0, 30_000, -30_000, 31_000]) {
  Deno.test(`ClockCheck lets a clock pass that is ${offsetMs} ms ahead, within the precision of Date`, async () => {
    const { clock, changes, world } = createWorld({ offsetMs });

    await clock.compare();

    assert.deepEqual([await clock.isRight(), changes, world.asked], [true, [], 1]);
  });
}

for (const offsetMs of [32_000, -31_000, 86_400_000]) {
  Deno.test(`ClockCheck says that a clock is wrong that is ${offsetMs} ms ahead`, async () => {
    const { clock, changes, world } = createWorld({ offsetMs });

    await clock.compare();

    assert.deepEqual([await clock.isRight(), clock.isOff(), world.asked], [false, true, 3]);
    assert.equal(Math.sign(changes[0] ?? 0), Math.sign(offsetMs));
    assert.equal(changes.length, 1);
  });
}

Deno.test("ClockCheck does not believe one answer, or two", async () => {
  const { clock, world } = createWorld({ offsetMs: 0 });
  const wrong = { headers: new Headers({ date: new Date(0).toUTCString() }), sentAt: TRUE_TIME };

  clock.observe({ ...wrong, receivedAt: TRUE_TIME });
  clock.observe({ ...wrong, receivedAt: TRUE_TIME });

  assert.equal(await clock.isRight(), true);
  assert.equal(world.asked, 0);
});

Deno.test("ClockCheck asks again while the clock is wrong, at most every ten seconds, and sees that it is right", async () => {
  const { clock, changes, world } = createWorld({ offsetMs: 60_000 });
  await clock.compare();
  world.offsetMs = 0;
  world.at = 9_999;
  const before = [await clock.isRight(), world.asked];

  world.at = 10_000;
  const after = [await clock.isRight(), world.asked];

  assert.deepEqual([before, after], [[false, 3], [true, 6]]);
  assert.deepEqual(changes.at(-1), 0);
});

for (
  const [what, headers] of [
    ["no Date", { "x": "y" }],
    ["a Date that is none", { "date": "yesterday" }],
    ["the Date of a cache", { "date": new Date(0).toUTCString(), "age": "60" }],
  ] as const
) {
  Deno.test(`ClockCheck learns nothing from an answer with ${what}`, async () => {
    const { clock, world } = createWorld({ offsetMs: 0, headers });

    await clock.compare();

    assert.deepEqual([await clock.isRight(), world.asked], [true, 1]);
  });
}

Deno.test("ClockCheck trusts the clock while Jumio cannot be reached", async () => {
  const clock = createClockCheck({
    ask: () => Promise.reject(new Error("down")),
    monotonic: () => 0,
    onChange() {},
  });

  await clock.compare();

  assert.equal(await clock.isRight(), true);
});
