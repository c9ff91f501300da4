// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { UsageError } from "../frame/command.ts";
import { applyEdit, isWithin, parseConfigText, readPath, toPointer } from "./edit.ts";

Deno.test("parseConfigText() reads JSON, YAML with merge keys, and an empty text", () => {
  assert.deepEqual(parseConfigText('{"a": [1]}').config, { a: [1] });
  assert.deepEqual(parseConfigText("x: &x {a: 1}\ny: {<<: *x, b: 2}").config, {
    x: { a: 1 },
    y: { a: 1, b: 2 },
  });
  assert.deepEqual(parseConfigText("").config, {});
});

for (const text of ["a: [", "- a list", "just text", "a: *unknown"]) {
  Deno.test(`parseConfigText() refuses "${text}" without quoting it`, () => {
    assert.throws(() => parseConfigText(text), (error) => {
      assert(error instanceof UsageError);
      return !error.message.includes(text);
    });
  });
}

Deno.test("toPointer() escapes the characters that JSON Pointer reserves", () => {
  assert.equal(toPointer(["a/b", "c~d", 0]), "/a~1b/c~0d/0");
});

Deno.test("readPath() follows keys and indices, and is undefined for a missing place", () => {
  const value = { a: [{ b: 1 }] };

  assert.equal(readPath(value, ["a", 0, "b"]), 1);
  assert.equal(readPath(value, ["a", 1, "b"]), undefined);
  assert.equal(readPath("text", ["length"]), undefined);
});

Deno.test("applyEdit() adds, replaces and removes in lists and in maps", () => {
  const target = { list: ["x", "y"], map: { a: 1, b: 2 } };

  applyEdit(target, { op: "add", path: ["list", 1], value: "new" });
  applyEdit(target, { op: "replace", path: ["list", 0], value: "w" });
  applyEdit(target, { op: "remove", path: ["list", 2] });
  applyEdit(target, { op: "add", path: ["map", "c"], value: 3 });
  applyEdit(target, { op: "replace", path: ["map", "a"], value: 0 });
  applyEdit(target, { op: "remove", path: ["map", "b"] });

  assert.deepEqual(target, { list: ["w", "new"], map: { a: 0, c: 3 } });
});

Deno.test("applyEdit() throws for a parent that does not exist, and names the place", () => {
  const edit = { op: "add", path: ["a", "b"], value: 1 } as const;

  assert.throws(() => applyEdit({}, edit), /Cannot add at \/a\/b/);
});

Deno.test("isWithin() is true for the path itself and for paths below it", () => {
  assert(isWithin(["a", 0], ["a", 0]));
  assert(isWithin(["a", 0, "b"], ["a"]));
  assert(!isWithin(["a"], ["a", 0]));
  assert(!isWithin(["b", 0], ["a"]));
});
