// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import { printBlocks } from "./blocks.ts";

Deno.test("printBlocks() prints whole lists of hooks and other settings that change, and no more", () => {
  const config = { dsn: "memory", a: { hooks: [{ hook: "x" }, { hook: "y" }], b: 1 } };

  const text = printBlocks(config, [
    { op: "remove", path: ["a", "hooks", 0] },
    { op: "add", path: ["a", "hooks", 1], value: { hook: "z" } },
    { op: "add", path: ["c"], value: { d: true } },
  ]);

  assert.match(text, /^# Only the settings that change/);
  assert.deepEqual(parse(text), {
    a: { hooks: [{ hook: "y" }, { hook: "z" }] },
    c: { d: true },
  });
});
