// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { SweepSettings } from "./_sweep.ts";

const DAYS = { VERIFICATION_VALID_DAYS: "365" };

function problems(values: Record<string, string>): readonly string[] {
  return SweepSettings.safeParse(values).error?.issues.map(({ path, message }) =>
    `${path.join()} ${message}`
  ) ?? [];
}

Deno.test("a verification is valid for ever by default, and for as many days as are set", () => {
  assert.equal(SweepSettings.parse({}).validityMs, undefined);
  assert.equal(SweepSettings.parse(DAYS).validityMs, 365 * 86_400_000);
});

for (const days of ["0", "1.5", "-1", "for ever"]) {
  Deno.test(`a validity of ${days} days is refused`, () => {
    assert.match(
      problems({ VERIFICATION_VALID_DAYS: days }).join(),
      /^VERIFICATION_VALID_DAYS must be a whole number from 1/,
    );
  });
}

Deno.test("a validity needs the sweep, and its absence is one problem", () => {
  for (const off of ["0", "0.0"]) {
    const [problem, ...others] = problems({ ...DAYS, SWEEP_EVERY_HOURS: off });

    assert.match(
      problem ?? "",
      /^VERIFICATION_VALID_DAYS needs the sweep, which SWEEP_EVERY_HOURS=0 turns off/,
    );
    assert.deepEqual(others, []);
  }
  assert.deepEqual(problems({ ...DAYS, SWEEP_EVERY_HOURS: "0.5" }), []);
  assert.deepEqual(problems({ SWEEP_EVERY_HOURS: "0" }), []);
});

for (
  const [moment, expected] of [
    ["2026-05-31", Date.UTC(2026, 4, 31)],
    ["2026-05-31T08:00:00Z", Date.UTC(2026, 4, 31, 8)],
    ["2026-05-31T08:00:00+02:00", Date.UTC(2026, 4, 31, 6)],
  ] as const
) {
  Deno.test(`people are started who registered since ${moment}`, () => {
    assert.equal(SweepSettings.parse({ START_MISSING_SINCE: moment }).startMissingSince, expected);
  });
}
