import assert from "node:assert/strict";
import { parse } from "yaml";
import { UsageError } from "./command.ts";
import { editText, parseConfigText, toPointer } from "./edit.ts";

const TEXT = `# ours since 2024
version: v1.3.1   # pinned
selfservice:
  flows:
    login:
      after:
        password: &shared
          hooks:
          - hook: revoke_active_sessions # only one device
        oidc: *shared
        code: {hooks: []}
  methods:
    password: {enabled: true}
log: "a # b"
`;

const HOOKS = ["selfservice", "flows", "login", "after", "password", "hooks"];

Deno.test("editText() gives the same text back where there is nothing to change", () => {
  assert.equal(editText(TEXT, []), TEXT);
});

Deno.test("editText() keeps comments, indentation and every other line", () => {
  const edited = editText(TEXT, [
    { op: "add", path: [...HOOKS, 0], value: { hook: "web_hook" } },
  ]);

  assert.match(edited, /^# ours since 2024$/m);
  assert.match(edited, /^version: v1.3.1 # pinned$/m);
  assert.match(edited, /^ {10}- hook: web_hook$/m);
  assert.match(edited, /^ {10}- hook: revoke_active_sessions # only one device$/m);
  assert.match(edited, /^ {4}password: \{enabled: true\}$/m);
  assert.match(edited, /^log: "a # b"$/m);
});

Deno.test("editText() changes a shared list for the one that was named, not for its aliases", () => {
  const edited = editText(TEXT, [
    { op: "add", path: [...HOOKS, 1], value: { hook: "web_hook" } },
  ]);

  const { password, oidc } = parse(edited).selfservice.flows.login.after;
  assert.deepEqual(password.hooks, [{ hook: "revoke_active_sessions" }, { hook: "web_hook" }]);
  assert.deepEqual(oidc.hooks, [{ hook: "revoke_active_sessions" }]);
});

Deno.test("editText() adds, replaces and removes, in lists and in maps", () => {
  const edited = editText("a: {b: 1, c: 2}\nd: [x, y, z]\ne:\n", [
    { op: "replace", path: ["a", "b"], value: { deep: [1] } },
    { op: "remove", path: ["a", "c"] },
    { op: "replace", path: ["d", 0], value: "w" },
    { op: "remove", path: ["d", 1] },
    { op: "add", path: ["d", 2], value: "end" },
    { op: "replace", path: ["e"], value: null },
  ]);

  assert.deepEqual(parse(edited), { a: { b: { deep: [1] } }, d: ["w", "z", "end"], e: null });
});

Deno.test("editText() opens an empty list, so that a hook is not one long line", () => {
  const path = ["selfservice", "flows", "login", "after", "code", "hooks", 0];
  const text = TEXT.replace("{hooks: []}", "\n          hooks: []");

  assert.match(editText(text, [{ op: "add", path, value: { hook: "x" } }]), /^ {10}- hook: x$/m);
});

Deno.test("parseConfigText() reads JSON, YAML with merge keys, and nothing at all", () => {
  assert.deepEqual(parseConfigText('{"a": [1]}').config, { a: [1] });
  assert.deepEqual(parseConfigText("x: &x {a: 1}\ny: {<<: *x, b: 2}").config, {
    x: { a: 1 },
    y: { a: 1, b: 2 },
  });
  assert.deepEqual(parseConfigText("").config, {});
});

for (const text of ["a: [", "- a list", "just text"]) {
  Deno.test(`parseConfigText() refuses "${text}" without quoting it`, () => {
    assert.throws(() => parseConfigText(text), (error) => {
      assert(error instanceof UsageError);
      return !error.message.includes(text);
    });
  });
}

Deno.test("toPointer() escapes what JSON Pointer reserves", () => {
  assert.equal(toPointer(["a/b", "c~d", 0]), "/a~1b/c~0d/0");
});
