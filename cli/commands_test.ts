import assert from "node:assert/strict";
import { COMMANDS } from "./commands.ts";
import { describeCommand, describeProgram } from "./frame/help.ts";

Deno.test("every command has its own name", () => {
  assert.equal(new Set(COMMANDS.map(({ name }) => name)).size, COMMANDS.length);
});

Deno.test("the program's help fits into 100 columns", () => {
  assert.doesNotMatch(describeProgram(COMMANDS), /^.{101}/m);
});

for (const command of COMMANDS) {
  Deno.test(`the help of ${command.name} fits into 100 columns`, () => {
    assert.doesNotMatch(describeCommand(command), /^.{101}/m);
  });
}
