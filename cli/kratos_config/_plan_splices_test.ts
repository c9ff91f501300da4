// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { planSplices } from "./_plan_splices.ts";
import { applySplices, UnsupportedEdit } from "./_splice.ts";
import { parseConfigText } from "./edit.ts";

function change(text: string, wanted: unknown): string {
  const { document } = parseConfigText(text);
  return applySplices(text, planSplices(text, { document, wanted }));
}

for (
  const [text, wanted, edited] of [
    ["", { a: 1 }, "a: 1\n"],
    ["# x\n", { a: 1 }, "# x\na: 1\n"],
    ["a:\n", { a: 1 }, "a: 1\n"],
    ["a: # x\n", { a: { b: 1 } }, "a: # x\n  b: 1\n"],
    ["a: &a [] # x\nb: *a", { a: [1], b: [1] }, "a: &a  # x\n  - 1\nb: *a"],
    ["a: []\n", { a: [1] }, "a:\n  - 1\n"],
    ["a: b # x", { a: { c: 1 } }, "a:  # x\n  c: 1"],
    ["a:\n- b", { a: ["b", "c"] }, "a:\n- b\n- c"],
    ["a: {b: []}\n", { a: { b: [1] } }, "a: {b: [ 1 ]}\n"],
    ["a:\n- &x {b: 1}\n- *x\n", { a: [{ b: 1 }, { b: 2 }] }, "a:\n- &x {b: 1}\n- b: 2\n"],
    ["a:\n  b: |\n    x\n  c: 1\n", { a: { b: "x\n", d: 2 } }, "a:\n  b: |\n    x\n  d: 2\n"],
  ] as const
) {
  Deno.test(`planSplices() turns ${JSON.stringify(text)} into ${JSON.stringify(edited)}`, () => {
    assert.equal(change(text, wanted), edited);
  });
}

for (
  const [name, text, wanted] of [
    ["a map that loses everything", "a:\n  b: 1\n", { a: {} }],
    ["a list that loses everything", "a:\n  - b\n", { a: [] }],
    ["a text in place of a block", "a:\n  b: 1\n", { a: "x" }],
    ["a list in place of an item", "a:\n  - b\n", { a: [["x"]] }],
  ] as const
) {
  Deno.test(`planSplices() refuses ${name}`, () => {
    assert.throws(() => change(text, wanted), UnsupportedEdit);
  });
}
