// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createPathReader, isAmbiguousPath, readRawPath } from "./raw_path.ts";

for (
  const [address, path] of [
    ["https://kyc.example.com/jumio/validate", "/jumio/validate"],
    ["https://kyc.example.com/jumio/validate?x=/y", "/jumio/validate"],
    ["http://[::1]:3000//jumio/validate/", "//jumio/validate/"],
    ["http://a/x/../health", "/x/../health"],
    ["http://a/./health", "/./health"],
    ["http://a/%2e%2e/health", "/%2e%2e/health"],
    ["http://a/\\health", "/\\health"],
    ["http://a/health#x", "/health#x"],
    ["http://a?x=/health", ""],
    ["http://a", ""],
    ["/health", ""],
  ] as const
) {
  Deno.test(`readRawPath() reads "${path}" from ${address}`, () => {
    assert.equal(readRawPath(address), path);
  });
}

for (
  const path of [
    "/jumio/callback/..\\..\\operator\\",
    "\\operator",
    "/a%5Coperator",
    "/a%5coperator",
    "/a/../operator",
    "/a/./operator",
    "/a/..",
    "/a/.",
    "/a/%2e%2e/operator",
    "/a/%2E./operator",
    "/a/.%2e",
    "/a/..%2foperator",
    "/a%2F..%2Foperator",
  ]
) {
  Deno.test(`isAmbiguousPath() finds what ${path} can be taken for`, () => {
    assert(isAmbiguousPath(path));
  });
}

for (
  const path of ["/", "", "/a.b", "/.well-known", "/a/...", "/a../b", "/a/%2e%2e%2e", "/a%2fb"]
) {
  Deno.test(`isAmbiguousPath() accepts ${path}`, () => {
    assert(!isAmbiguousPath(path));
  });
}

/** A request as Deno's server builds it; `new Request` would parse its address. */
function received(url: string, host?: string): Request {
  return { url, headers: new Headers(host === undefined ? {} : { host }) } as Request;
}

for (
  const host of ["kyc.example.com", "kyc.example.com:3000", "127.0.0.1:3000", "[::1]:3000", "A-b"]
) {
  Deno.test(`createPathReader() reads a path at the host ${host}`, () => {
    const readPath = createPathReader();

    for (const path of ["/health", "//a/../b", "/"]) {
      assert.equal(readPath(received(`http://${host}${path}?x=/y`, host)), path);
    }
  });
}

Deno.test("createPathReader() reads a path without a Host header, as HTTP/1.0 sends it", () => {
  const readPath = createPathReader();

  assert.equal(readPath(received("http://localhost:3000/health")), "/health");
  assert.equal(readPath(received("http://localhost:3000/health")), "/health");
});

Deno.test("createPathReader() reads the path of each host in turn", () => {
  const readPath = createPathReader();

  const hosts = ["a", "ab", "a", "b", "a.b", "a:1", "a"];

  for (const host of hosts) assert.equal(readPath(received(`http://${host}/x`, host)), "/x");
  assert.equal(readPath(received("https://a/y", "a")), "/y");
  assert.equal(readPath(received("http://a?x", "a")), "");
});

/** A name, and whether it could also begin the target of a request in absolute form. */
const INVALID: readonly [host: string, isTarget?: "target"][] = [
  ["x\\operator\\status?"],
  ["x/operator/status?", "target"],
  ["x?", "target"],
  ["x#"],
  ["user:password@x"],
  ["a b"],
  ["a,b"],
  ["%zz"],
  ["\xe4"],
  ["a:99999"],
  ["x:99999"],
  ["[::1"],
  [""],
];

for (const [host, isTarget] of INVALID) {
  for (const before of [[], [received("http://x/health", "x")]]) {
    const when = before.length === 0 ? "first" : "after a valid one";
    Deno.test(`createPathReader() refuses the host "${host}" ${when}`, () => {
      const readPath = createPathReader();
      const url = `http://${host}/health`;
      for (const request of before) readPath(request);

      assert.equal(readPath(received(url, host)), undefined);
      // A target in absolute form with another Host header: here these are a path and a query.
      assert.equal(readPath(received(url, "x")) !== undefined, isTarget === "target");
    });
  }
}

Deno.test("createPathReader() checks the Host header where only the target is the same", () => {
  const readPath = createPathReader();
  readPath(received("http://x/health", "x"));

  assert.equal(readPath(received("http://x/health", "a b")), undefined);
});
