import assert from "node:assert/strict";
import { createSharedDeadlines, setOwnDeadline, withDeadline } from "./deadline.ts";

/** Deadlines on a clock that the test moves, and how many timers they have asked for. */
function createDeadlines() {
  const clock = { now: 0 };
  const ticks: { callback: () => void; at: number }[] = [];
  let timers = 0;
  const setDeadline = createSharedDeadlines({
    setTimer(callback, delayMs) {
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

Deno.test("createSharedDeadlines() calls back each once, not before its time", () => {
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

Deno.test("createSharedDeadlines() leaves out what was called off", () => {
  const { setDeadline, advanceTo } = createDeadlines();
  const called: string[] = [];
  const callOff = setDeadline(() => called.push("off"), 500);
  setDeadline(() => called.push("kept"), 500);

  callOff();
  advanceTo(1_000);

  assert.deepEqual(called, ["kept"]);
});

Deno.test("createSharedDeadlines() has one timer for all, and none once nobody waits", () => {
  const { setDeadline, countTimers, advanceTo } = createDeadlines();

  for (let request = 0; request < 100; request++) setDeadline(() => {}, 2_500)();
  const shared = countTimers();
  advanceTo(60_000);

  assert.equal(shared, 1);
  assert.equal(countTimers(), 1);
});

Deno.test("createSharedDeadlines() ticks again for a deadline after a rest", () => {
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

for (
  const [name, work, value] of [
    ["the work's value", Promise.resolve("done"), "done"],
    ["what is said of late work", new Promise<string>(() => {}), "late"],
  ] as const
) {
  Deno.test(`withDeadline() gives ${name}`, async () => {
    const options = { ms: 1, late: () => "late", setDeadline: setOwnDeadline };

    assert.equal(await withDeadline(work, options), value);
  });
}

Deno.test("withDeadline() passes on what the work throws", async () => {
  const options = { ms: 1, late: () => "late", setDeadline: setOwnDeadline };

  await assert.rejects(withDeadline(Promise.reject(new Error("broken")), options), /broken/);
});
