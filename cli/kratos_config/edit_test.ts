import assert from "node:assert/strict";
import { UsageError } from "../frame/command.ts";
import { parseConfigText, toPointer } from "./edit.ts";

Deno.test("parseConfigText() reads JSON, YAML with merge keys, and nothing at all", () => {
  assert.deepEqual(parseConfigText('{"a": [1]}').config, { a: [1] });
  assert.deepEqual(parseConfigText("x: &x {a: 1}\ny: {<<: *x, b: 2}").config, {
    x: { a: 1 },
    y: { a: 1, b: 2 },
  });
  assert.deepEqual(parseConfigText("").config, {});
});

for (const text of ["a: [", "- a list", "just text"]) {
  Deno.test(`parseConfigText() refuses "${text}" without quoting it`, () => {
    assert.throws(() => parseConfigText(text), (error) => {
      assert(error instanceof UsageError);
      return !error.message.includes(text);
    });
  });
}

Deno.test("toPointer() escapes what JSON Pointer reserves", () => {
  assert.equal(toPointer(["a/b", "c~d", 0]), "/a~1b/c~0d/0");
});
