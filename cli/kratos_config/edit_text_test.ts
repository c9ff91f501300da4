// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import type { Edit } from "./edit.ts";
import { editText } from "./edit_text.ts";

function edit(text: string, edits: readonly Edit[]): string {
  const edited = editText(text, edits);
  assert(edited !== undefined);
  return edited;
}

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
  assert.equal(edit(TEXT, []), TEXT);
});

Deno.test("editText() changes only the lines of the list that changes", () => {
  const lines = TEXT.replace("oidc: *shared", "oidc: {hooks:   [] }").split("\n");

  const edited = edit(lines.join("\n"), [
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

  const edited = edit(text, [
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
  const edited = edit('{"a": {"b": []}}', [{ op: "add", path: ["a", "b", 0], value: 1 }]);

  assert.deepEqual(JSON.parse(edited), { a: { b: [1] } });
});

Deno.test("editText() changes a shared list only at the path of the edit, not at its aliases", () => {
  const edited = edit(TEXT, [
    { op: "add", path: [...HOOKS, 1], value: { hook: "web_hook" } },
  ]);

  const { password, oidc } = parse(edited).selfservice.flows.login.after;
  assert.deepEqual(password.hooks, [{ hook: "revoke_active_sessions" }, { hook: "web_hook" }]);
  assert.deepEqual(oidc.hooks, [{ hook: "revoke_active_sessions" }]);
});

Deno.test("editText() adds, replaces and removes in lists and in maps", () => {
  const edited = edit("a: {b: 1, c: 2}\nd: [x, y, z]\ne:\n", [
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

  assert.match(edit(text, [{ op: "add", path, value: { hook: "x" } }]), /^ {10}- hook: x$/m);
});

Deno.test("editText() prints JSON with line breaks like the JSON around it", () => {
  const text = JSON.stringify({ a: { b: [], c: [1] }, d: { e: true } }, null, 4);

  const edited = edit(text, [
    { op: "add", path: ["a", "b", 0], value: { f: 1 } },
    { op: "add", path: ["a", "c", 0], value: { f: 2 } },
    { op: "add", path: ["d", "g"], value: [3] },
  ]);

  const expected = { a: { b: [{ f: 1 }], c: [{ f: 2 }, 1] }, d: { e: true, g: [3] } };
  assert.equal(edited, JSON.stringify(expected, null, 4));
});

Deno.test("editText() changes the list of an anchor once if its aliases are to change alike", () => {
  const text = "a: &list # of a\n  - x\n  # y\nb: *list # of b\nc: { d: *list }\n";
  const add = (...path: string[]): Edit => ({ op: "add", path: [...path, 0], value: { e: 1 } });

  assert.equal(
    edit(text, [add("a"), add("b"), add("c", "d")]),
    "a: &list # of a\n  - e: 1\n  - x\n  # y\nb: *list # of b\nc: { d: *list }\n",
  );
});

Deno.test("editText() replaces an alias by its value if the anchor is removed", () => {
  const edits: Edit[] = [{ op: "remove", path: ["a", 0] }];

  assert.equal(edit("a:\n- &x 1\n- 2\nb: *x\n", edits), "a:\n- 2\nb: 1\n");
});

Deno.test("editText() overrides a value of a merge key, and leaves the merge key", () => {
  const text = "a: &a { x: 1, y: 2 }\nb:\n  <<: *a # like a\n";

  assert.equal(
    edit(text, [{ op: "replace", path: ["b", "y"], value: 3 }]),
    "a: &a { x: 1, y: 2 }\nb:\n  <<: *a # like a\n  y: 3\n",
  );
});

Deno.test("editText() moves an item with its comments, and corrects it", () => {
  const text = "a:\n- hook: s\n- hook: w # ours\n  # a reason\n  config: 1 # one\n# end\n";

  assert.equal(
    edit(text, [
      { op: "replace", path: ["a", 1, "config"], value: 2 },
      { op: "remove", path: ["a", 0] },
      { op: "add", path: ["a", 1], value: { hook: "s" } },
    ]),
    "a:\n- hook: w # ours\n  # a reason\n  config: 2 # one\n- hook: s\n# end\n",
  );
});

for (
  const [name, text, edits] of [
    ["a comment would be lost", "a:\n- x # why\n- y\n", [{ op: "remove", path: ["a", 0] }]],
    ["a value of a merge key would have to go", "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n", [{
      op: "remove",
      path: ["b", "x"],
    }]],
    ["two lists are on the same line", "a:\n- - x\n  - y\n", [{
      op: "remove",
      path: ["a", 0, 0],
    }]],
  ] as const
) {
  Deno.test(`editText() gives nothing if ${name}`, () => {
    assert.equal(editText(text, edits), undefined);
  });
}
