// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseSource } from "./source_files.ts";
import {
  findCycles,
  findForbiddenImports,
  findPrivateImports,
  parseImportRules,
} from "./import_rules.ts";

const RULES = parseImportRules(`
## What may import what

- \`lib/a\`: \`lib/b\`;
  packages \`zod\`
- \`lib/b/x.ts\`: nothing
- \`lib/b\`: nothing

## Next
`);

/** Files with nothing but imports. */
function createFiles(imports: Readonly<Record<string, readonly string[]>>) {
  return Object.entries(imports).map(([path, targets]) =>
    parseSource(path, targets.map((target) => `import type { T } from "${target}";`).join("\n"))
  );
}

Deno.test("parseSource() finds imports of types, re-exports and imports at run time", () => {
  const { imports } = parseSource(
    "lib/a/main.ts",
    `import type { A } from "./x.ts";
     export { b } from "../b/y.ts";
     export * from "zod";
     await import("../c.ts");`,
  );

  assert.deepEqual(imports, ["lib/a/x.ts", "lib/b/y.ts", "zod", "lib/c.ts"]);
});

Deno.test("parseSource() measures functions, also those inside others", () => {
  const { functions } = parseSource(
    "lib/a.ts",
    `function outer() {\n  return () => {\n    return 1;\n  };\n}`,
  );

  assert.deepEqual(functions.toSorted((a, b) => b.lines - a.lines), [
    { name: "outer", lines: 5 },
    { name: "the function on line 2", lines: 3 },
  ]);
});

Deno.test("findForbiddenImports() finds what the list does not allow", () => {
  const files = createFiles({
    "lib/a/a.ts": ["./other.ts", "../b/y.ts", "../b/x.ts", "zod", "jose", "node:path"],
    "lib/b/y.ts": ["../a/a.ts"],
    "lib/c.ts": [],
  });

  assert.deepEqual(findForbiddenImports(files, RULES), [
    "lib/a/a.ts -> lib/b/x.ts",
    "lib/a/a.ts -> jose",
    "lib/b/y.ts -> lib/a/a.ts",
    "lib/c.ts has no entry",
  ]);
});

Deno.test("findPrivateImports() finds an import of another folder's private file", () => {
  const files = createFiles({ "lib/a/a.ts": ["./_mine.ts", "../b/_theirs.ts"] });

  assert.deepEqual(findPrivateImports(files), ["lib/a/a.ts -> lib/b/_theirs.ts"]);
});

Deno.test("findCycles() finds a circle of three files, and no file beside it", () => {
  const files = createFiles({
    "lib/a.ts": ["./b.ts"],
    "lib/b.ts": ["./c.ts"],
    "lib/c.ts": ["./a.ts"],
    "lib/d.ts": ["./a.ts"],
  });

  assert.deepEqual(findCycles(files), [["lib/a.ts", "lib/b.ts", "lib/c.ts"]]);
});
