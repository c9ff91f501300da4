// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { findSyntaxFault } from "./jsonnet_syntax.ts";

for (
  const text of [
    "function(ctx) { a: [1, (2)], b: 'it\\'s {' }",
    "// it's (\n# it's [\n/* it's { */ {}",
    "{ a: @'it''s \\', b: @\"\"\"\" }",
    "{ a: |||\n  it's (\n\n    more\n  |||, b: 1 }",
    '{ "a": std.extVar("claims") }',
  ]
) {
  Deno.test(`findSyntaxFault() finds nothing in ${JSON.stringify(text)}`, () => {
    assert.equal(findSyntaxFault(text), undefined);
  });
}

for (
  const [text, fault] of [
    ["function(ctx)\n{ a: 1,", "No end of { in line 2"],
    ["{ a: [1 }", "A } that closes nothing in line 1"],
    ["{}\n)", "A ) that closes nothing in line 2"],
    ["{ a: 'it }", "No end of ' in line 1"],
    ["/* {}", "No end of /* in line 1"],
    ["{ a: |||\n  x }", "No end of ||| in line 1"],
    [" \n", "It is empty"],
  ] as const
) {
  Deno.test(`findSyntaxFault() finds "${fault}" in ${JSON.stringify(text)}`, () => {
    assert.equal(findSyntaxFault(text), fault);
  });
}
