import assert from "node:assert/strict";
import { isFromElsewhere } from "./same_origin.ts";

const PAGE = "http://127.0.0.1:3000";

const CASES: readonly [what: string, url: string, init: RequestInit, expected: boolean][] = [
  ["a page's own form", PAGE, post({ "sec-fetch-site": "same-origin", origin: PAGE }), false],
  ["a program", PAGE, post({}), false],
  ["a form of another site", PAGE, post({ "sec-fetch-site": "cross-site" }), true],
  ["a page on another port", PAGE, post({ "sec-fetch-site": "same-site" }), true],
  ["an old browser on another site", PAGE, post({ origin: "https://evil.example" }), true],
  ["a sandboxed frame", PAGE, post({ origin: "null" }), true],
  ["a person who opens it", "http://localhost:3000/", {}, false],
  ["a foreign name that leads here", "http://evil.example:3000/", {}, true],
  ["a post to a foreign name", "http://evil.example:3000/", post({}), true],
];

for (const [what, url, init, expected] of CASES) {
  Deno.test(`isFromElsewhere() ${expected ? "refuses" : "lets in"} ${what}`, () => {
    assert.equal(isFromElsewhere(new Request(url, init)), expected);
  });
}

function post(headers: Record<string, string>): RequestInit {
  return { method: "POST", headers };
}
