// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { formatLogLine } from "./log_format.ts";
import { formatClock } from "./page/clock.ts";

/** In the time zone of this machine, as on the page. */
const CLOCK = formatClock(Date.parse("2026-01-02T03:04:05.678Z"));

const LINE = JSON.stringify({
  time: "2026-01-02T03:04:05.678Z",
  level: "warn",
  message: "Cannot read Jumio details",
  status: 503,
  reason: "status",
  note: "two words",
});

Deno.test("formatLogLine() puts the fields after time, level and message", () => {
  assert.equal(
    formatLogLine(LINE, { isColored: false }),
    `${CLOCK} warn  Cannot read Jumio details  status=503 reason=status note="two words"`,
  );
});

Deno.test("formatLogLine() colors the level and dims the fields if colors are allowed", () => {
  const colored = formatLogLine(LINE, { isColored: true });

  assert(colored.startsWith(`\x1b[2m${CLOCK}\x1b[0m \x1b[33mwarn \x1b[0m Cannot read`));
  assert(colored.endsWith("\x1b[0m"));
});

Deno.test("formatLogLine() keeps the line breaks of a stack", () => {
  const line = JSON.stringify({
    time: "",
    level: "error",
    message: "Bug",
    stack: "Error: a\n at b",
  });

  assert.equal(
    formatLogLine(line, { isColored: false }),
    " error Bug  stack=\n  Error: a\n   at b",
  );
});

for (const line of ["", "Check main.ts", "{}", "{", '{"level":1,"message":"a"}', "null"]) {
  Deno.test(`formatLogLine() returns ${JSON.stringify(line)} unchanged`, () => {
    assert.equal(formatLogLine(line, { isColored: true }), line);
  });
}
