// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { isCollection, parseDocument } from "yaml";
import { type FlowMember, spliceFlow } from "./_flow_splices.ts";
import { applySplices, type Splice } from "./_splice.ts";

function splice(
  text: string,
  { added = [], removed = [] }: { added?: readonly FlowMember[]; removed?: readonly number[] },
): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  const splices: Splice[] = [];
  assert(isCollection(document.contents));
  spliceFlow(document.contents, {
    added,
    removed: new Set(removed),
    change: {
      text,
      document,
      plan: { values: new Map(), alignments: new Map() },
      style: { indent: 2, indentSeq: true },
      eol: "\n",
      splices,
    },
  });
  return applySplices(text, splices);
}

for (
  const [text, change, edited] of [
    ["[a,  b]", { added: [{ value: 1, after: -1 }] }, "[1, a,  b]"],
    ["[a,  b]", { added: [{ value: 1, after: 0 }, { value: 2, after: 0 }] }, "[a, 1, 2,  b]"],
    ["[a,  b]", { added: [{ value: 1, after: 1 }] }, "[a,  b, 1]"],
    ["[a, &x b, c]", { removed: [1] }, "[a, c]"],
    ["[a, b, c]", { removed: [1, 2] }, "[a]"],
    ["[a, b, c]", { removed: [0, 1], added: [{ value: 1, after: -1 }] }, "[1, c]"],
    ["[a, b]", { removed: [0, 1] }, "[]"],
    ["[\n  a\n]", { added: [{ value: [1], after: 0 }] }, "[\n  a,\n  [\n    1\n  ]\n]"],
    ["{a: 1}", { added: [{ key: "b", value: 2, after: 0 }] }, '{a: 1, "b": 2}'],
    ["{}", { added: [{ key: "b", value: 2, after: -1 }] }, '{\n  "b": 2\n}'],
  ] as const
) {
  Deno.test(`spliceFlow() turns ${JSON.stringify(text)} into ${JSON.stringify(edited)}`, () => {
    assert.equal(splice(text, change), edited);
  });
}
