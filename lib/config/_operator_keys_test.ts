// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readSecretId } from "../operator/key.ts";
import { OperatorKeys } from "./_operator_keys.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const OTHER = SECRET.toUpperCase();

/** The problems of a setting. Empty for a good one. */
function problems(setting: string): readonly string[] {
  return OperatorKeys.safeParse(setting).error?.issues.map(({ message }) => message) ?? [];
}

Deno.test("OPERATOR_SECRET has values without a name, with a name, and read-only", async () => {
  const keys = OperatorKeys.parse(`${SECRET} ada:${OTHER} bo:ro:${OTHER}-2`);

  assert.deepEqual(keys.map(({ name, isReadOnly }) => [name, isReadOnly]), [
    [undefined, false],
    ["ada", false],
    ["bo", true],
  ]);
  assert.equal(new Set(await Promise.all(keys.map(readSecretId))).size, 3);
});

Deno.test("OPERATOR_SECRET may have several values of one name, also with other rights", () => {
  assert.deepEqual(problems(`ada:${SECRET} ada:ro:${OTHER} ada:${OTHER}-2`), []);
});

for (
  const [what, setting, problem] of [
    ["a short secret after a name", `ada:${SECRET.slice(1)}`, /at least 32 characters, in each/],
    ["a long name instead of a secret", `${"x".repeat(64)}:short`, /at least 32 characters/],
    ["a name without a secret", "ada:", /at least 32 characters/],
    ["the same value twice", `${SECRET} ${SECRET}`, /the same secret in two values/],
    ["one secret of two names", `ada:${SECRET} bo:${SECRET}`, /the same secret in two values/],
    ["one secret with and without a name", `${SECRET} ada:${SECRET}`, /the same secret in two/],
    ["one secret with two rights", `ada:${SECRET} ada:ro:${SECRET}`, /the same secret in two/],
    ["a wrong second value", `ada:${SECRET} Bo:${OTHER}`, /value 2 has a wrong name/],
  ] as const
) {
  Deno.test(`OPERATOR_SECRET with ${what} is a bad environment, and its message has no value`, () => {
    const found = problems(setting);

    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", problem);
    assert.doesNotMatch(found[0] ?? "", /0123|abcd|ada|Bo|xxxx/i);
  });
}

Deno.test("OPERATOR_SECRET reports each wrong value", () => {
  const found = problems(`:${SECRET} ro:${OTHER}`);

  assert.deepEqual(found.map((problem) => /value (\d) (has|is)/.exec(problem)?.slice(1)), [
    ["1", "has"],
    ["2", "is"],
  ]);
});
