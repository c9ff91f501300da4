// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { printJson } from "./json_diff.ts";

const PENDING = { id: "a", "metadata_public": { plan: "gold", jumio: { status: "pending" } } };
const VERIFIED = {
  id: "a",
  "metadata_public": { plan: "gold", jumio: { status: "verified", at: [1, {}] } },
};

const findMarked = (value: unknown, before: unknown) =>
  printJson(value, before).filter(({ isChanged }) => isChanged).map(({ text }) => text.trim());

Deno.test("printJson() prints the same text as JSON.stringify()", () => {
  for (const value of [VERIFIED, [], {}, null, "a", [[1], { b: null }]]) {
    const text = printJson(value, value).map((line) => line.text).join("\n");

    assert.equal(text, JSON.stringify(value, null, 2));
  }
});

Deno.test("printJson() marks new and different lines only", () => {
  assert.deepEqual(findMarked(VERIFIED, PENDING), [
    '"status": "verified",',
    '"at": [',
    "1,",
    "{}",
    "]",
  ]);
  assert.deepEqual(findMarked(VERIFIED, VERIFIED), []);
});

Deno.test("printJson() marks every line of an object that replaces null", () => {
  assert.deepEqual(findMarked({ jumio: { status: "pending" } }, { jumio: null }), [
    '"jumio": {',
    '"status": "pending"',
    "}",
  ]);
});
