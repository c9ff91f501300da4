// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import {
  applySplices,
  columnOf,
  endOf,
  isNode,
  lineStart,
  nextLine,
  readDashes,
  readEndOfLine,
  startOfMember,
  UnsupportedEdit,
} from "./_splice.ts";

Deno.test("applySplices() inserts in order, and before what is removed at the same place", () => {
  const splices = [
    { start: 2, end: 4, text: "" },
    { start: 2, end: 2, text: "x" },
    { start: 2, end: 2, text: "y" },
    { start: 0, end: 1, text: "A" },
  ];

  assert.equal(applySplices("abcdef", splices), "Abxyef");
});

Deno.test("applySplices() refuses changes that overlap", () => {
  const splices = [{ start: 0, end: 3, text: "" }, { start: 1, end: 2, text: "" }];

  assert.throws(() => applySplices("abcdef", splices), UnsupportedEdit);
});

Deno.test("lineStart(), nextLine() and columnOf() find lines, also the last one and after a BOM", () => {
  const text = "\uFEFFab\ncd";

  assert.deepEqual([lineStart(text, 2), lineStart(text, 5)], [0, 4]);
  assert.deepEqual([nextLine(text, 2), nextLine(text, 4), nextLine(text, 5)], [4, 4, 6]);
  assert.deepEqual([columnOf(text, 2), columnOf(text, 5)], [1, 1]);
});

Deno.test("readEndOfLine() reads the end of the first line", () => {
  assert.deepEqual(["a\r\nb\n", "a\nb", "a"].map(readEndOfLine), ["\r\n", "\n", "\n"]);
});

Deno.test("startOfMember() and endOf() find a node with its anchor, without what follows it", () => {
  const text = "a: &a # x\n  b: [1] # y\n\nc: &c 1\n";
  const document = parseDocument(text);
  const texts = ["a", "c"].map((key) => document.get(key, true)).filter(isNode)
    .map((node) => text.slice(startOfMember(text, node), endOf(node)));

  assert.deepEqual(texts, ["&a # x\n  b: [1]", "&c 1"]);
});

Deno.test("readDashes() finds the dash of each item, not one in a comment", () => {
  const text = "# -\n- # - x\n  a\n\n- b\n# - c\n";
  const { contents } = parseDocument(text, { keepSourceTokens: true });

  assert(contents !== null && "srcToken" in contents);
  assert.deepEqual(readDashes(Object(contents)), [4, 17]);
});
