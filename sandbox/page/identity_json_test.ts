import assert from "node:assert/strict";
import { printJson } from "./identity_json.ts";

const PENDING = { id: "a", "metadata_public": { plan: "gold", jumio: { status: "pending" } } };
const VERIFIED = {
  id: "a",
  "metadata_public": { plan: "gold", jumio: { status: "verified", at: [1, {}] } },
};

const marked = (value: unknown, before: unknown) =>
  printJson(value, before).filter(({ isChanged }) => isChanged).map(({ text }) => text.trim());

Deno.test("printJson() prints what JSON.stringify() does", () => {
  for (const value of [VERIFIED, [], {}, null, "a", [[1], { b: null }]]) {
    const text = printJson(value, value).map((line) => line.text).join("\n");

    assert.equal(text, JSON.stringify(value, null, 2));
  }
});

Deno.test("printJson() marks what is new or different, and nothing around it", () => {
  assert.deepEqual(marked(VERIFIED, PENDING), [
    '"status": "verified",',
    '"at": [',
    "1,",
    "{}",
    "]",
  ]);
  assert.deepEqual(marked(VERIFIED, VERIFIED), []);
});

Deno.test("printJson() marks all of an object that takes the place of null", () => {
  assert.deepEqual(marked({ jumio: { status: "pending" } }, { jumio: null }), [
    '"jumio": {',
    '"status": "pending"',
    "}",
  ]);
});
