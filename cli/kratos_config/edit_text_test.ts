import assert from "node:assert/strict";
import { parse } from "yaml";
import { editText } from "./edit_text.ts";

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

Deno.test("editText() returns the same text if there is nothing to change", () => {
  assert.equal(editText(TEXT, []), TEXT);
});

Deno.test("editText() changes only the lines of the list that changes", () => {
  const lines = TEXT.replace("oidc: *shared", "oidc: {hooks:   [] }").split("\n");

  const edited = editText(lines.join("\n"), [
    { op: "add", path: [...HOOKS, 0], value: { hook: "web_hook" } },
  ]);

  const at = lines.findIndex((line) => line.includes("revoke_active_sessions"));
  assert.deepEqual(edited.split("\n"), lines.toSpliced(at, 0, "          - hook: web_hook"));
});

Deno.test("editText() keeps every comment, also between the items of a changed list", () => {
  const text = `a:   # of a

  # before b
  b:
    # before x
    - x   # of x
    # before y

    - y
    # after y
  # after b
c:    1
`;

  const edited = editText(text, [
    { op: "add", path: ["a", "b", 1], value: "new" },
    { op: "add", path: ["a", "d"], value: { e: [1] } },
  ]);

  assert.deepEqual(parse(edited), { a: { b: ["x", "new", "y"], d: { e: [1] } }, c: 1 });
  for (const comment of text.match(/# \w.*/g) ?? []) {
    assert.equal(edited.split(comment).length, 2, comment);
  }
  assert.match(edited, /^a: {3}# of a$/m);
  assert.match(edited, /^c: {4}1$/m);
});

Deno.test("editText() prints JSON for JSON", () => {
  const edited = editText('{"a": {"b": []}}', [{ op: "add", path: ["a", "b", 0], value: 1 }]);

  assert.deepEqual(JSON.parse(edited), { a: { b: [1] } });
});

Deno.test("editText() changes a shared list only at the path of the edit, not at its aliases", () => {
  const edited = editText(TEXT, [
    { op: "add", path: [...HOOKS, 1], value: { hook: "web_hook" } },
  ]);

  const { password, oidc } = parse(edited).selfservice.flows.login.after;
  assert.deepEqual(password.hooks, [{ hook: "revoke_active_sessions" }, { hook: "web_hook" }]);
  assert.deepEqual(oidc.hooks, [{ hook: "revoke_active_sessions" }]);
});

Deno.test("editText() adds, replaces and removes in lists and in maps", () => {
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

Deno.test("editText() prints the items of a list that was empty on lines of their own", () => {
  const path = ["selfservice", "flows", "login", "after", "code", "hooks", 0];
  const text = TEXT.replace("{hooks: []}", "\n          hooks: []");

  assert.match(editText(text, [{ op: "add", path, value: { hook: "x" } }]), /^ {10}- hook: x$/m);
});
