// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { retryDelayMs } from "./schedule.ts";
import { CHECK, ERASE, EXPIRE, NOTIFY, PUBLISH, START, SWEEP } from "../verification/job_kinds.ts";

const middle = { random: () => 0.5 };

Deno.test("CHECK.schedule has every try of Jumio's schedule, some sooner and some later", () => {
  const published = [40, 60, 100, 160, 240, 340, 460, 600, 760, 940];
  let atMs = 0;

  const tries = CHECK.schedule.delaysMs.map((delayMs) => (atMs += delayMs) / 1000);

  assert.deepEqual(tries.slice(0, 4), [1, 3, 7, 15]);
  assert.deepEqual(tries.slice(4, 14), published);
});

Deno.test("retryDelayMs() waits longer after each failure, up to the last wait", () => {
  const delays = [1, 2, 3, 9, 50].map((failures) =>
    retryDelayMs(START.schedule, { failures, failingForMs: 0, ...middle })
  );

  assert.deepEqual(delays, [1_000, 2_000, 4_000, 300_000, 300_000]);
});

Deno.test("retryDelayMs() spreads by a fifth to each side", () => {
  const at = (random: number) =>
    retryDelayMs(PUBLISH.schedule, { failures: 3, failingForMs: 0, random: () => random });

  assert.deepEqual([at(0), at(0.5), at(1)], [3_200, 4_000, 4_800]);
});

Deno.test("retryDelayMs() waits as long as the upstream asks, within reason", () => {
  const asked = [30_000, 86_400_000].map((retryAfterMs) =>
    retryDelayMs(PUBLISH.schedule, { failures: 1, failingForMs: 0, retryAfterMs, ...middle })
  );

  assert.deepEqual(asked, [30_000, 600_000]);
});

Deno.test("retryDelayMs() is never earlier than the upstream asks", () => {
  const options = { failures: 1, failingForMs: 0, retryAfterMs: 30_000 };

  assert.equal(retryDelayMs(PUBLISH.schedule, { ...options, random: () => 0 }), 30_000);
  assert.equal(retryDelayMs(PUBLISH.schedule, { ...options, random: () => 1 }), 36_000);
});

Deno.test("retryDelayMs() gives up when the schedule's time is over, a start after two days", () => {
  const dayMs = 86_400_000;
  const after = (failingForMs: number) =>
    retryDelayMs(START.schedule, { failures: 400, failingForMs, ...middle });

  assert.equal(after(dayMs), 300_000);
  assert.equal(after(2 * dayMs), undefined);
});

for (
  const [kind, tries] of [[START, 3], [CHECK, 5], [PUBLISH, 5], [ERASE, 5], [SWEEP, 5]] as const
) {
  Deno.test(`retryDelayMs() gives up ${kind.name} after ${tries} lasting failures, at once`, () => {
    const after = (lasting: number) =>
      retryDelayMs(kind.schedule, { failures: 9, lasting, failingForMs: 0, ...middle });

    assert.equal(after(1), 1_000);
    assert.notEqual(after(tries - 1), undefined);
    assert.equal(after(tries), undefined);
  });
}

for (const [kind, lastMs] of [[SWEEP, 300_000], [EXPIRE, 60_000]] as const) {
  Deno.test(`retryDelayMs() never gives up ${kind.name}, however long an upstream is down`, () => {
    const options = { failures: 900, failingForMs: 90 * 86_400_000, ...middle };

    assert.equal(retryDelayMs(kind.schedule, options), lastMs);
  });
}

Deno.test("NOTIFY.schedule waits longer after each failure, up to an hour if asked, for three days", () => {
  const dayMs = 86_400_000;
  const after = (change: { failingForMs?: number; retryAfterMs?: number }) =>
    retryDelayMs(NOTIFY.schedule, { failures: 1, failingForMs: 0, ...change, ...middle });

  assert.deepEqual(NOTIFY.schedule.delaysMs, NOTIFY.schedule.delaysMs.toSorted((a, b) => a - b));
  assert.equal(after({ retryAfterMs: dayMs }), 3_600_000);
  assert.notEqual(after({ failingForMs: 3 * dayMs - 1 }), undefined);
  assert.equal(after({ failingForMs: 3 * dayMs }), undefined);
});
