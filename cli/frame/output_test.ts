// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createPaint, createProgress, type Output } from "./output.ts";

function createOutput(isTerminal: boolean): Output & { readonly written: () => string } {
  let written = "";
  return {
    isTerminal,
    write(text) {
      written += text;
    },
    written: () => written,
  };
}

for (
  const [name, isTerminal, env, expected] of [
    ["colours text on a terminal", true, {}, "\x1b[31mx\x1b[0m"],
    ["takes an empty NO_COLOR for unset", true, { "NO_COLOR": "" }, "\x1b[31mx\x1b[0m"],
    ["leaves text plain with NO_COLOR", true, { "NO_COLOR": "1" }, "x"],
    ["leaves text plain in a pipe", false, {}, "x"],
  ] as const
) {
  Deno.test(`createPaint() ${name}`, () => {
    assert.equal(createPaint({ stdout: createOutput(isTerminal), env }).bad("x"), expected);
  });
}

Deno.test("createProgress() overwrites its line and removes it once", () => {
  const output = createOutput(true);
  const progress = createProgress(output);

  progress.show("1 of 2");
  progress.show("2 of 2");
  progress.end();
  progress.end();

  assert.equal(output.written(), "\r\x1b[K1 of 2\r\x1b[K2 of 2\r\x1b[K");
});

Deno.test("createProgress() prints nothing without a terminal", () => {
  const output = createOutput(false);
  const progress = createProgress(output);

  progress.show("1 of 2");
  progress.end();

  assert.equal(output.written(), "");
});
