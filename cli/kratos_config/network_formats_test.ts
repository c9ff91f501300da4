// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Edit } from "./edit.ts";
import { SECRET_REFERENCE, splitIntoCalls, toJsonPatch, toShellScript } from "./network_formats.ts";

const LIST = ["selfservice", "flows", "login", "after", "password", "hooks"];

function createHook(secret: string, url = "https://bridge.example.com/jumio/validate"): unknown {
  const auth = { type: "api_key", config: { name: "X-Webhook-Secret", value: secret } };
  return { hook: "web_hook", config: { url, auth } };
}

Deno.test("toJsonPatch() puts the place of a project before each path", () => {
  const operations = toJsonPatch([
    { op: "add", path: [...LIST, 0], value: { hook: "session" } },
    { op: "remove", path: ["a/b"] },
  ]);

  assert.deepEqual(operations, [
    {
      op: "add",
      path: "/services/identity/config/selfservice/flows/login/after/password/hooks/0",
      value: { hook: "session" },
    },
    { op: "remove", path: "/services/identity/config/a~1b" },
  ]);
});

for (
  const [name, value] of [
    ["a hook", createHook("filled-in")],
    ["a list of hooks", [createHook("filled-in")]],
    ["a map with a list of hooks", { hooks: [createHook("filled-in")] }],
  ] as const
) {
  Deno.test(`toJsonPatch() replaces our secret by the reference in ${name}`, () => {
    const text = JSON.stringify(toJsonPatch([{ op: "add", path: LIST, value }]));

    assert(!text.includes("filled-in"));
    assert(text.includes(SECRET_REFERENCE));
  });
}

Deno.test("toJsonPatch() leaves the secret of a foreign hook as it is", () => {
  const value = createHook("of-the-crm", "https://crm.example.com/seen");

  assert.deepEqual(toJsonPatch([{ op: "add", path: LIST, value }])[0]?.value, value);
});

Deno.test("toShellScript() says that there is nothing to change", () => {
  assert.equal(toShellScript([]), "#!/bin/sh\n# Nothing to change\n");
});

Deno.test("toShellScript() quotes for the shell and takes the secret from a variable", () => {
  const script = toShellScript([
    { op: "add", path: ["a"], value: "it's" },
    { op: "replace", path: ["b"], value: SECRET_REFERENCE },
    { op: "remove", path: ["c"] },
  ]);

  assert.match(script, /^ {2}--add '\/a="it'\\''s"' \\$/m);
  assert.match(script, /^ {2}--replace '\/b="'"\$secret"'"' \\$/m);
  assert.match(script, /^ {2}--remove '\/c'$/m);
});

for (
  const [name, edits, calls] of [
    ["additions to one list", [["add", 0], ["add", 1]], 1],
    ["an addition before a removal in one list", [["add", 0], ["remove", 1]], 1],
    ["a removal before an addition in one list", [["remove", 0], ["add", 0]], 2],
    ["a removal before a replacement in one list", [["remove", 0], ["replace", 0]], 2],
  ] as const
) {
  Deno.test(`splitIntoCalls() needs ${calls} calls for ${name}`, () => {
    const all = edits.map(([op, index]): Edit => ({ op, path: [...LIST, index], value: "x" }));

    const split = splitIntoCalls(all);

    assert.equal(split.length, calls);
    assert.deepEqual(split.flat(), all);
  });
}

Deno.test("splitIntoCalls() needs one call for a removal and an addition in different lists", () => {
  const edits: Edit[] = [
    { op: "remove", path: ["a", 0] },
    { op: "add", path: ["b", 0], value: "x" },
  ];

  assert.equal(splitIntoCalls(edits).length, 1);
});
