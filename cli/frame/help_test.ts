// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Command } from "./command.ts";
import { describeCommand, describeProgram } from "./help.ts";

const PICK: Command = {
  name: "fruit pick",
  summary: "Picks fruit",
  about: "\nTakes it from the tree.\n",
  operands: { usage: "TREE", min: 1, max: 1 },
  flags: { count: { value: "N", summary: "How many" }, ripe: { summary: "Only ripe fruit" } },
  run: () => Promise.reject(new Error("This test runs no command")),
};

const WATER: Command = {
  name: "water",
  summary: "Waters the trees",
  about: "All of them.",
  flags: {},
  run: PICK.run,
};

Deno.test("describeProgram() lists the commands in columns", () => {
  const help = describeProgram([PICK, WATER]);

  assert.match(help, /^ {2}fruit pick {2}Picks fruit\n {2}water {7}Waters the trees$/m);
});

Deno.test("describeCommand() shows operands, text and flags, with the common flags last", () => {
  assert.equal(
    describeCommand(PICK),
    `Picks fruit.

Usage: deno task operator fruit pick TREE [FLAGS]

Takes it from the tree.

Flags:
  --count N  How many
  --ripe     Only ripe fruit
  --json     Print the result as JSON
  --help     Print this help
`,
  );
});

Deno.test("describeCommand() shows no operands for a command without them", () => {
  assert.match(describeCommand(WATER), /^Usage: deno task operator water \[FLAGS\]$/m);
});
