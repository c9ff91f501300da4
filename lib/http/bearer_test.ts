// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readBearer } from "./bearer.ts";

const CASES: readonly [header: string | undefined, expected: string | undefined][] = [
  ["Bearer abc", "abc"],
  ["bearer abc", "abc"],
  ["Bearer a b", "a b"],
  ["Bearer ", undefined],
  ["Bearerabc", undefined],
  ["Basic YTpi", undefined],
  ["abc", undefined],
  [undefined, undefined],
];

for (const [header, expected] of CASES) {
  Deno.test(`readBearer() reads ${expected ?? "nothing"} from ${header ?? "no header"}`, () => {
    const headers = new Headers(header === undefined ? {} : { authorization: header });

    assert.equal(readBearer(headers), expected);
  });
}
