// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { isSameOrigin } from "./same_origin.ts";

const OWN = "https://verify.example.com";
const EVIL = "https://evil.example.com";

type Case = readonly [what: string, headers: Record<string, string>, expected: boolean];

const ALWAYS: readonly Case[] = [
  ["a form of our own page", { "sec-fetch-site": "same-origin", origin: OWN }, true],
  ["a request without Origin", { "sec-fetch-site": "same-origin" }, true],
  ["an old browser on our own page", { origin: OWN }, true],
  ["a form of another site", { "sec-fetch-site": "cross-site", origin: EVIL }, false],
  ["another site that claims our Origin", { "sec-fetch-site": "cross-site", origin: OWN }, false],
  ["a page on a sister domain", { "sec-fetch-site": "same-site", origin: EVIL }, false],
  ["an address typed by hand", { "sec-fetch-site": "none" }, false],
  ["an old browser on another site", { origin: EVIL }, false],
  ["an old browser on another port", { origin: `${OWN}:8443` }, false],
  ["a sandboxed frame", { origin: "null" }, false],
  ["a sandboxed frame of our page", { "sec-fetch-site": "same-origin", origin: "null" }, false],
  ["an Origin that is no address", { origin: "verify.example.com" }, false],
  ["a request with neither header", {}, false],
];

const CONFIGURED: readonly Case[] = [
  ...ALWAYS,
  ["a foreign name that resolves to us", { "sec-fetch-site": "same-origin", origin: EVIL }, false],
  ["our host without TLS", { origin: "http://verify.example.com" }, false],
];

const BY_HOST: readonly Case[] = [
  ...ALWAYS,
  ["our host behind a proxy that ends TLS", { origin: "http://verify.example.com" }, true],
  ["a proxy that replaces Host", {
    "sec-fetch-site": "same-origin",
    origin: OWN,
    host: "bridge:3000",
  }, true],
];

for (const [what, headers, expected] of CONFIGURED) {
  Deno.test(`isSameOrigin() by a configured origin ${verb(expected)} ${what}`, () => {
    const request = createRequest({ ...headers, host: "bridge:3000" });

    assert.equal(isSameOrigin(request, { origin: OWN }), expected);
  });
}

for (const [what, headers, expected] of BY_HOST) {
  Deno.test(`isSameOrigin() by the Host header ${verb(expected)} ${what}`, () => {
    assert.equal(isSameOrigin(createRequest({ host: "verify.example.com", ...headers })), expected);
  });
}

Deno.test("isSameOrigin() without a Host header compares with the request's address", () => {
  const headers = { origin: "http://127.0.0.1:3000" };
  const request = new Request("http://127.0.0.1:3000/", { method: "POST", headers });

  assert.equal(isSameOrigin(request), true);
});

function createRequest(headers: Record<string, string>): Request {
  return new Request("http://bridge:3000/form", { method: "POST", headers });
}

function verb(expected: boolean): string {
  return expected ? "accepts" : "refuses";
}
