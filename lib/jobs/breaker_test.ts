// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type Breaker, isOpen, noteOutcome, PROBE_EVERY_MS, takeProbe } from "./breaker.ts";

/** The breaker after outcomes, each a letter: F failed, S succeeded. */
function after(outcomes: string, breaker: Breaker | null = null): Breaker | null {
  return [...outcomes].reduce<Breaker | null>(
    (before, outcome) => noteOutcome(before, { isFailed: outcome === "F", now: 1_000 }),
    breaker,
  );
}

for (
  const [outcomes, expected] of [
    ["FFFF", false],
    ["FFFFF", true],
    ["FFFFSFFFF", false],
    ["SSSSFFFFF", true],
    ["FFSFFSFFSFFSFF", false],
    ["FFSFFSFFSFFSFFSF", true],
    ["FFSSFFSSFFSSFFSSFFSS", false],
    ["FFSSFFSSFFSSFFSSFFSSF", false],
  ] as const
) {
  Deno.test(`a breaker is ${expected ? "open" : "closed"} after ${outcomes}`, () => {
    assert.equal(isOpen(after(outcomes)), expected);
  });
}

Deno.test("a breaker has no row as long as nothing fails, and none after 20 successes", () => {
  assert.equal(after("SSS"), null);
  assert.notEqual(after("F" + "S".repeat(19)), null);
  assert.equal(after("F" + "S".repeat(20)), null);
});

Deno.test("one success closes a breaker that is open, and a failure keeps it open", () => {
  const open = after("FFFFF");

  assert.equal(after("S", open), null);
  assert.equal(after("F", open)?.openedAt, open?.openedAt);
});

Deno.test("takeProbe() allows one probe a minute, the first a minute after the breaker opened", () => {
  const open = after("FFFFF");
  assert(open);

  assert.equal(takeProbe(open, { now: 1_000 + PROBE_EVERY_MS - 1 }), undefined);
  const taken = takeProbe(open, { now: 1_000 + PROBE_EVERY_MS });
  assert(taken);
  assert.equal(takeProbe(taken, { now: 1_000 + 2 * PROBE_EVERY_MS - 1 }), undefined);
  assert(takeProbe(taken, { now: 1_000 + 2 * PROBE_EVERY_MS }));
});

Deno.test("takeProbe() does not wait for a clock that was far ahead", () => {
  const open = after("FFFFF");
  assert(open);

  assert(takeProbe({ ...open, nextProbeAt: 9_999_999 }, { now: 1_000 }));
});

Deno.test("takeProbe() lets a job leave the probe to others for a while", () => {
  const open = after("FFFFF");
  assert(open);
  const dueAt = 1_000 + PROBE_EVERY_MS;

  assert.equal(takeProbe(open, { now: 1_001, laterMs: 500 }), undefined);
  assert.equal(takeProbe(open, { now: dueAt + 499, laterMs: 500 }), undefined);
  assert.equal(
    takeProbe(open, { now: dueAt + 500, laterMs: 500 })?.nextProbeAt,
    dueAt + 500 + PROBE_EVERY_MS,
  );
});
