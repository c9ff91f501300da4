// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readCookie, serializeCookie } from "./cookies.ts";

const CASES: readonly [what: string, header: string, expected: string | undefined][] = [
  ["the only cookie", "session=abc", "abc"],
  ["one of several", "a=1; session=abc; b=2", "abc"],
  ["one without a space before it", "a=1;session=abc", "abc"],
  ["a value with an equals sign", "session=abc==", "abc=="],
  ["an empty value", "session=", ""],
  ["the first of two", "session=abc; session=def", "abc"],
  ["no cookie whose name only ends alike", "my-session=abc", undefined],
  ["no cookie whose name only begins alike", "session-2=abc", undefined],
  ["no cookie without a value", "session", undefined],
  ["nothing from an empty header", "", undefined],
];

for (const [what, cookie, expected] of CASES) {
  Deno.test(`readCookie() reads ${what}`, () => {
    assert.equal(readCookie(new Headers({ cookie }), "session"), expected);
  });
}

Deno.test("readCookie() reads nothing without the header", () => {
  assert.equal(readCookie(new Headers(), "session"), undefined);
});

Deno.test("serializeCookie() writes a cookie that no script and no plain HTTP sees", () => {
  const scope = { path: "/return", maxAgeSeconds: 600, sameSite: "Lax" } as const;

  assert.equal(
    serializeCookie("visit", "abc", scope),
    "visit=abc; Path=/return; Max-Age=600; Secure; HttpOnly; SameSite=Lax",
  );
});
