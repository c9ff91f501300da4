import assert from "node:assert/strict";
import { UsageError } from "../frame/command.ts";
import { parseTimeFlag } from "./time_flag.ts";

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

for (const text of ["yesterday", "", "7w", "2026-13-01", "2026-05-03T08:30", "-2h", "999999d"]) {
  Deno.test(`parseTimeFlag() refuses "${text}" and names the flag`, () => {
    assert.throws(
      () => parseTimeFlag(text, { flag: "since", now: NOW }),
      (error) => error instanceof UsageError && error.message.startsWith("--since must be a time"),
    );
  });
}
