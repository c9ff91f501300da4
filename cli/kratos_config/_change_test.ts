// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseDocument } from "yaml";
import {
  type Change,
  insertLines,
  removeLines,
  skipCommentsDown,
  skipCommentsUp,
} from "./_change.ts";
import { applySplices, UnsupportedEdit } from "./_splice.ts";

function createChange(text: string): Change {
  return {
    text,
    document: parseDocument(text),
    plan: { values: new Map(), alignments: new Map() },
    style: { indent: 2, indentSeq: true },
    eol: "\n",
    splices: [],
  };
}

for (const [text, edited] of [["a\n", "a\n  b\n  c\n"], ["a", "a\n  b\n  c"]] as const) {
  Deno.test(`insertLines() adds lines to the end of ${JSON.stringify(text)}`, () => {
    const change = createChange(text);

    insertLines(change, { at: text.length, lines: ["b", "c"], column: 2 });

    assert.equal(applySplices(text, change.splices), edited);
  });
}

Deno.test("removeLines() removes whole lines, but not what else is on the first one", () => {
  const change = createChange("a\n  b # c\nd\n");

  removeLines(change, { start: 4, end: 5 });

  assert.equal(applySplices(change.text, change.splices), "a\nd\n");
  assert.throws(() => removeLines(createChange("- - a\n"), { start: 2, end: 5 }), UnsupportedEdit);
});

Deno.test("skipCommentsDown() skips comments that belong to the item above", () => {
  const text = "  # deeper\r\n  # deeper\n# not\n";

  assert.equal(text.slice(skipCommentsDown(text, { at: 0, column: 1 })), "# not\n");
});

Deno.test("skipCommentsUp() skips comments directly above, in the same column", () => {
  const text = "a:\n   # other\n  # one\r\n  # two\n  - b\n";
  const at = text.indexOf("  - b");

  assert.match(text.slice(skipCommentsUp(text, { at, column: 2 })), /^ {2}# one/);
  assert.equal(skipCommentsUp("# a\nb\n", { at: 4, column: 0 }), 0);
});
