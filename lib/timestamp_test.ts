// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseTimestamp, toTimestamp } from "./timestamp.ts";

Deno.test("toTimestamp() writes ISO 8601 in UTC", () => {
  assert.equal(toTimestamp(Date.UTC(2026, 4, 4, 9, 12, 31, 4)), "2026-05-04T09:12:31.004Z");
});

Deno.test("toTimestamp() gives null where there is no time, but not for the epoch", () => {
  assert.deepEqual([null, undefined, 0].map((ms) => toTimestamp(ms)), [
    null,
    null,
    "1970-01-01T00:00:00.000Z",
  ]);
});

Deno.test("parseTimestamp() reads a time in any zone", () => {
  assert.equal(parseTimestamp("2026-05-04T11:12:31+02:00"), Date.UTC(2026, 4, 4, 9, 12, 31));
});

for (const text of [null, undefined, "", "soon", "2026-13-01T00:00:00Z"]) {
  Deno.test(`parseTimestamp() gives null for ${JSON.stringify(text)}`, () => {
    assert.equal(parseTimestamp(text), null);
  });
}
