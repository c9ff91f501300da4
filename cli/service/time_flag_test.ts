// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { UsageError } from "../frame/command.ts";
import { parseTimeFlag, parseTimeRange } from "./time_flag.ts";

const NOW = Date.UTC(2026, 4, 4, 9);

for (
  const [text, expected] of [
    [undefined, undefined],
    ["2026-05-03", "2026-05-03T00:00:00.000Z"],
    ["2026-05-03T08:30Z", "2026-05-03T08:30:00.000Z"],
    ["2026-05-03T08:30:15.5Z", "2026-05-03T08:30:15.500Z"],
    ["30m", "2026-05-04T08:30:00.000Z"],
    ["2h", "2026-05-04T07:00:00.000Z"],
    ["7d", "2026-04-27T09:00:00.000Z"],
  ] as const
) {
  Deno.test(`parseTimeFlag() reads ${text} as ${expected}`, () => {
    assert.equal(parseTimeFlag(text, { flag: "since", now: NOW }), expected);
  });
}

for (
  const text of [
    "yesterday",
    "",
    "7w",
    "2026-13-01",
    "2026-02-31",
    "2026-02-30T08:00Z",
    "2026-05-03T08:30",
    "-2h",
    "999999d",
  ]
) {
  Deno.test(`parseTimeFlag() refuses "${text}" and names the flag`, () => {
    assert.throws(
      () => parseTimeFlag(text, { flag: "since", now: NOW }),
      (error) => error instanceof UsageError && error.message.startsWith("--since must be a time"),
    );
  });
}

Deno.test("parseTimeRange() reads both ends, and refuses an end that is not after the beginning", () => {
  const read = (flags: Record<string, string>) =>
    parseTimeRange({ text: (flag) => flags[flag] }, { now: () => NOW });

  assert.deepEqual(read({ since: "2h", until: "2026-05-04T08:00Z" }), {
    since: "2026-05-04T07:00:00.000Z",
    until: "2026-05-04T08:00:00.000Z",
  });
  assert.deepEqual(read({}), { since: undefined, until: undefined });
  for (const until of ["2h", "3h"]) {
    assert.throws(() => read({ since: "2h", until }), /--since must be before --until/);
  }
});
