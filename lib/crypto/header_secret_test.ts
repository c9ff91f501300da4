// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type Characters, createHeaderMatcher } from "./header_secret.ts";
import { createSecret } from "./secret.ts";

const SECRETS = ["newest-secret", "older-one"].map(createSecret);

Deno.test("createHeaderMatcher() accepts each secret of a rotation and no other text", () => {
  const matches = createHeaderMatcher(SECRETS);

  const candidates = [
    "newest-secret",
    "older-one",
    "newest-secreT",
    "Newest-secret",
    "newest",
    "newest-secret-and-more",
    "newest-secret\0",
    "newest-secret older-one",
    "",
  ];

  assert.deepEqual(candidates.filter(matches), ["newest-secret", "older-one"]);
});

Deno.test("createHeaderMatcher() matches nothing if there are no secrets", () => {
  assert.equal(createHeaderMatcher([])(""), false);
});

/** A candidate that counts how often a character of it is read. */
function counted(value: string): { candidate: Characters; steps: () => number } {
  let steps = 0;
  const charCodeAt = (index: number) => {
    steps++;
    return value.charCodeAt(index);
  };
  return { candidate: { length: value.length, charCodeAt }, steps: () => steps };
}

for (
  const candidate of [
    "newest-secret",
    "xewest-secret",
    "newest-secrex",
    "older-one",
    "n",
    "",
    "x"
      .repeat(99),
  ]
) {
  Deno.test(`createHeaderMatcher() takes the same steps for "${candidate}" as for any other text`, () => {
    const { candidate: value, steps } = counted(candidate);

    createHeaderMatcher(SECRETS)(value);

    assert.equal(steps(), "newest-secret".length + "older-one".length);
  });
}
