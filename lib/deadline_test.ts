// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createSharedDeadlines, delay, setOwnDeadline, waitAtMost } from "./deadline.ts";

/** Shared deadlines on a clock that the test moves, and the number of timers that were set. */
function createDeadlines() {
  const clock = { now: 0 };
  const ticks: { callback: () => void; at: number }[] = [];
  let timers = 0;
  const setDeadline = createSharedDeadlines({
    setTick(callback, delayMs) {
      timers++;
      ticks.push({ callback, at: clock.now + delayMs });
    },
  });
  return {
    setDeadline,
    countTimers: () => timers,
    advanceTo(now: number) {
      for (let next = ticks[0]; next !== undefined && next.at <= now; next = ticks[0]) {
        clock.now = next.at;
        ticks.shift();
        next.callback();
      }
      clock.now = now;
    },
  };
}

Deno.test("createSharedDeadlines() calls each callback once, after its time", () => {
  const { setDeadline, advanceTo } = createDeadlines();
  const called: string[] = [];
  setDeadline(() => called.push("late"), 2_000);
  setDeadline(() => called.push("soon"), 500);

  advanceTo(499);
  const before = [...called];
  advanceTo(700);
  const between = [...called];
  advanceTo(9_000);

  assert.deepEqual(before, []);
  assert.deepEqual(between, ["soon"]);
  assert.deepEqual(called, ["soon", "late"]);
});

Deno.test("createSharedDeadlines() does not call a cancelled callback", () => {
  const { setDeadline, advanceTo } = createDeadlines();
  const called: string[] = [];
  const cancel = setDeadline(() => called.push("cancelled"), 500);
  setDeadline(() => called.push("kept"), 500);

  cancel();
  advanceTo(1_000);

  assert.deepEqual(called, ["kept"]);
});

Deno.test("createSharedDeadlines() sets one timer for all, and none while there are no deadlines", () => {
  const { setDeadline, countTimers, advanceTo } = createDeadlines();

  for (let request = 0; request < 100; request++) setDeadline(() => {}, 2_500)();
  const shared = countTimers();
  advanceTo(60_000);

  assert.equal(shared, 1);
  assert.equal(countTimers(), 1);
});

Deno.test("createSharedDeadlines() calls back by the runtime's clock, once for each deadline", async () => {
  const setDeadline = createSharedDeadlines();
  const { promise, resolve } = Promise.withResolvers<void>();
  const called: string[] = [];
  setDeadline(() => called.push("first"), 1);
  setDeadline(() => called.push("cancelled"), 1)();
  setDeadline(resolve, 150);

  await promise;

  assert.deepEqual(called, ["first"]);
});

Deno.test("createSharedDeadlines() ticks again for a deadline after a time without any", () => {
  const { setDeadline, advanceTo } = createDeadlines();
  let isCalled = false;
  setDeadline(() => {}, 100)();
  advanceTo(60_000);

  setDeadline(() => isCalled = true, 100);
  advanceTo(60_300);

  assert(isCalled);
});

Deno.test("setOwnDeadline() calls back after its time", async () => {
  await new Promise<void>((resolve) => setOwnDeadline(resolve, 1));
});

Deno.test("delay() resolves after its time", async () => {
  const startedAt = performance.now();

  await delay(20);

  assert(performance.now() - startedAt >= 19);
});

Deno.test("waitAtMost() gives the value of work that is done in time, and cancels its timer", async () => {
  let cancelled = 0;
  const setTimer = () => () => cancelled++;

  const value = await waitAtMost(1_000, Promise.resolve("done"), { setTimer });

  assert.deepEqual([value, cancelled], ["done", 1]);
});

Deno.test("waitAtMost() gives undefined when the time is over", async () => {
  assert.equal(await waitAtMost(1, new Promise<string>(() => {})), undefined);
});

Deno.test("waitAtMost() takes a time that is already over for none", async () => {
  let askedMs: number | undefined;
  const setTimer = (callback: () => void, delayMs: number) => {
    askedMs = delayMs;
    callback();
    return () => {};
  };

  await waitAtMost(-5, new Promise<string>(() => {}), { setTimer });

  assert.equal(askedMs, 0);
});

Deno.test("waitAtMost() passes on what the work throws", async () => {
  await assert.rejects(waitAtMost(1_000, Promise.reject(new Error("broken"))), /broken/);
});

Deno.test("waitAtMost() ignores what the work throws after the time is over", async () => {
  const { promise, reject } = Promise.withResolvers<string>();

  const value = await waitAtMost(1, promise);
  reject(new Error("late"));
  await delay(1);

  assert.equal(value, undefined);
});
