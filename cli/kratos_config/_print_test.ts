// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  detectStyle,
  indentLines,
  isFilled,
  printBlock,
  printFlow,
  printInline,
} from "./_print.ts";

const STYLE = { indent: 4, indentSeq: true };

for (
  const [text, indent, indentSeq] of [
    ["a:\n  b: 1\n", 2, true],
    ["a: # x\n    - 1\n", 4, true],
    ["a:\n    b: 1\nc:\n  d: 1\ne:\n  f: 1\n", 2, true],
    ["a:\n    b:\n    - 1\n", 4, false],
    ['{\n    "a": []\n}', 4, true],
    ["a: 1\n", 2, true],
  ] as const
) {
  Deno.test(`detectStyle() reads the indentation ${indent} of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(detectStyle(text), { indent, indentSeq });
  });
}

Deno.test("printBlock() prints lines in the style of the text", () => {
  assert.deepEqual(printBlock({ a: [{ b: 1 }] }, STYLE), ["a:", "    - b: 1"]);
});

Deno.test("printInline() keeps every value in one line", () => {
  const printed = ["a # b", "a\nb", [], null, { a: [1] }].map((value) => printInline(value, STYLE));

  assert.deepEqual(printed, ['"a # b"', '"a\\nb"', "[]", "null", '{ "a": [ 1 ] }']);
});

Deno.test("printFlow() prints JSON, in lines if asked to", () => {
  assert.equal(printFlow({ a: "b\n c" }), '{ "a": "b\\n c" }');
  assert.equal(
    printFlow([1, 2], { indent: 2, column: 4, eol: "\r\n" }),
    "[\r\n      1,\r\n      2\r\n    ]",
  );
});

Deno.test("indentLines() leaves empty lines empty", () => {
  assert.deepEqual(indentLines(["a", "", "b"], 2), ["  a", "", "  b"]);
});

Deno.test("isFilled() is true for lists and maps with something in them", () => {
  assert.deepEqual([[1], { a: 1 }, [], {}, null, "x"].map(isFilled), [
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
