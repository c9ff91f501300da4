// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { isMap, parseDocument } from "yaml";
import { alignDocument, alignItems, readKey } from "./_align.ts";

const SESSION = { hook: "session" };
const OURS = { hook: "web_hook", config: 1 };
const MENDED = { hook: "web_hook", config: 2 };

for (
  const [name, present, wanted, from, staying] of [
    ["equal items stay", [1, 2], [1, 2], [0, 1], [0, 1]],
    ["a new item is between items that stay", [1, 2], [1, { a: 1 }, 2], [0, undefined, 1], [0, 1]],
    ["an item is removed", [1, 2, 3], [1, 3], [0, 2], [0, 2]],
    ["an item changes in its place", [SESSION, OURS], [SESSION, MENDED], [0, 1], [0, 1]],
    ["an item moves and changes", [SESSION, OURS], [MENDED, SESSION], [1, 0], [0]],
    ["a duplicate is removed", [OURS, OURS], [MENDED], [0], [0]],
  ] as const
) {
  Deno.test(`alignItems(): ${name}`, () => {
    assert.deepEqual(alignItems(present, wanted), { from, staying: new Set(staying) });
  });
}

Deno.test("alignDocument() has the wanted value of each node that stays", () => {
  const document = parseDocument("a:\n  - hook: x\n  - hook: y\nb: 1\n");

  const { values, alignments } = alignDocument(document, { a: [{ hook: "y", c: 1 }] });

  assert.deepEqual(values.get(document.getIn(["a", 1], true)), { hook: "y", c: 1 });
  assert.equal(values.has(document.getIn(["a", 0], true)), false);
  assert.equal(values.has(document.getIn(["b"], true)), false);
  assert.deepEqual(alignments.get(document.getIn(["a"], true))?.from, [1]);
});

Deno.test("readKey() reads the keys of a map, and the merge key", () => {
  const { contents } = parseDocument("x: &x {}\n1: a\n<<: *x\n", { merge: true });

  assert(isMap(contents));
  assert.deepEqual(contents.items.map(readKey), ["x", "1", "<<"]);
});
