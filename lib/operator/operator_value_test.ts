// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseOperatorValue } from "./operator_value.ts";

const SECRET = "0123456789abcdef0123456789abcdef";

for (
  const [text, value] of [
    [SECRET, { name: undefined, isReadOnly: false, secret: SECRET }],
    [`ada:${SECRET}`, { name: "ada", isReadOnly: false, secret: SECRET }],
    [`ada:ro:${SECRET}`, { name: "ada", isReadOnly: true, secret: SECRET }],
    [`7.a_b-c@example.com:${SECRET}`, {
      name: "7.a_b-c@example.com",
      isReadOnly: false,
      secret: SECRET,
    }],
    [`${"x".repeat(64)}:${SECRET}`, {
      name: "x".repeat(64),
      isReadOnly: false,
      secret: SECRET,
    }],
  ] as const
) {
  Deno.test(`parseOperatorValue() reads ${text}`, () => {
    assert.deepEqual(parseOperatorValue(text), { ok: true, value });
  });
}

for (
  const [what, text, problem] of [
    ["an empty name", `:${SECRET}`, /wrong name/],
    ["a capital letter in a name", `Ada:${SECRET}`, /wrong name/],
    ["a letter outside ASCII in a name", `zoë:${SECRET}`, /wrong name/],
    ["a name that begins with a dot", `.ada:${SECRET}`, /wrong name/],
    ["a name of 65 letters", `${"x".repeat(65)}:${SECRET}`, /wrong name/],
    ["a read-only value without a name", `ro:${SECRET}`, /needs a name: NAME:ro:SECRET/],
    ["a read-only value with an empty name", `:ro:${SECRET}`, /wrong name/],
    ["the name ro", `ro:ro:${SECRET}`, /wrong name/],
    ["another right than ro", `ada:rw:${SECRET}`, /must be SECRET, NAME:SECRET or NAME:ro:SECRET/],
    ["a right in capital letters", `ada:RO:${SECRET}`, /must be SECRET/],
    ["a secret with a colon", `ada:${SECRET}:${SECRET}`, /no secret has a colon/],
    ["a read-only secret with a colon", `ada:ro:${SECRET}:x`, /no secret has a colon/],
  ] as const
) {
  Deno.test(`parseOperatorValue() refuses ${what}, and quotes nothing of it`, () => {
    const parsed = parseOperatorValue(text);

    assert(!parsed.ok);
    assert.match(parsed.problem, problem);
    assert(!parsed.problem.includes(SECRET.slice(0, 8)) && !/ada|zoë/i.test(parsed.problem));
  });
}
