// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { createMatcher } from "./matcher.ts";
import type { PathParameter } from "./openapi.ts";
import { defineRoute, PUBLIC, type Route, type RouteServices } from "./route.ts";

const ID: PathParameter = { description: "An id", schema: z.string(), pattern: "[\\w-]{1,8}" };
const TOKEN: PathParameter = { description: "A token", schema: z.string(), pattern: "[^/]+" };

function route(
  method: "GET" | "POST",
  path: string,
  parameters: Record<string, PathParameter> = {},
  allowsExtraSlash = false,
): Route<RouteServices> {
  return defineRoute({
    method,
    path,
    allowsExtraSlash,
    summary: "",
    authentication: PUBLIC,
    parameters,
    answers: [],
    handle: () => ({ response: new Response() }),
  });
}

const find = createMatcher([
  route("GET", "/things"),
  route("POST", "/things"),
  route("GET", "/things.json"),
  route("GET", "/things/new"),
  route("GET", "/things/{id}", { id: ID }),
  route("POST", "/things/{id}/parts/{part}", { id: ID, part: ID }),
  route("POST", "/tokens/{token}", { token: TOKEN }),
  route("POST", "/hooks/check", {}, true),
]);

const FOUND: readonly [pathname: string, path: string, params: Record<string, string>][] = [
  ["/things", "/things", {}],
  ["/things.json", "/things.json", {}],
  ["/things/new", "/things/new", {}],
  ["/things/abc", "/things/{id}", { id: "abc" }],
  ["/things/a_b-1/parts/2", "/things/{id}/parts/{part}", { id: "a_b-1", part: "2" }],
  ["/hooks/check", "/hooks/check", {}],
  ["//hooks/check", "/hooks/check", {}],
  ["/hooks/check/", "/hooks/check", {}],
  ["/tokens/a.b%2Fc", "/tokens/{token}", { token: "a.b%2Fc" }],
];

for (const [pathname, path, params] of FOUND) {
  Deno.test(`createMatcher() finds ${path} for ${pathname}`, () => {
    const match = find(pathname);

    assert.equal(match?.path, path);
    assert.deepEqual({ ...match.params }, params);
  });
}

for (
  const pathname of [
    "/",
    "/thing",
    "/things/",
    "//things",
    "//things/abc",
    "/Things",
    "/thingsXjson",
    "/things/abc/",
    "/things/%61bc",
    "/things/too-long-for-it",
    "/things/abc/parts",
    "/tokens/",
    "/tokens/a/b",
    "/tokens/..",
    "/tokens/%2e%2E",
    "/tokens/..\\..\\things\\new",
    "/tokens/..%5cthings",
    "/tokens/..%2fthings",
    "/constructor",
    "//hooks/check/",
    "///hooks/check",
    "/hooks/check//",
    "/hooks//check",
    "hooks/check",
    "/x/../hooks/check",
    "/Hooks/check",
  ]
) {
  Deno.test(`createMatcher() finds nothing for ${pathname}`, () => {
    assert.equal(find(pathname), undefined);
  });
}

Deno.test("createMatcher() keeps the methods of a path, and HEAD beside GET", () => {
  assert.deepEqual([...find("/things")?.routes.keys() ?? []], ["GET", "HEAD", "POST"]);
  assert.deepEqual([...find("/tokens/a")?.routes.keys() ?? []], ["POST"]);
});

Deno.test("createMatcher() refuses a path with a parameter that is not declared", () => {
  assert.throws(
    () => createMatcher([route("GET", "/things/{id}")]),
    /Parameter id .* not declared/,
  );
});
