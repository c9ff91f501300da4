import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

const FOLDERS = ["lib", "routes", "cli", "sandbox", "tests/support"];

/** The part of `deno doc --json` that is looked at here. */
interface Documentation {
  readonly nodes: Record<string, {
    readonly symbols: readonly {
      readonly name: string;
      readonly declarations: readonly {
        readonly location: { readonly filename: string };
        readonly declarationKind: string;
        /** `reference` is what another module documents. */
        readonly kind: string;
        readonly jsDoc?: { readonly doc?: string };
      }[];
    }[];
  }>;
}

async function runDeno(...args: string[]): Promise<string> {
  const options = { args, cwd: ROOT, env: { "NO_COLOR": "1" } };
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), options).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function listModules(folders: readonly string[] = FOLDERS): Promise<string[]> {
  const modules: string[] = [];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      const path = `${folder}/${name}`;
      if (isDirectory) modules.push(...await listModules([path]));
      else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) modules.push(path);
    }
  }
  return modules;
}

// `deno task doc` holds what the program offers to more: every member of it says something too.
// Elsewhere a member has a comment only where its name does not say all.
Deno.test("every export has a doc comment", async () => {
  const modules = await listModules();
  const { nodes }: Documentation = JSON.parse(await runDeno("doc", "--json", ...modules));

  const bare = Object.entries(nodes).flatMap(([module, { symbols }]) =>
    symbols.filter(({ declarations }) =>
      declarations.some(({ location, declarationKind, kind, jsDoc }) =>
        location.filename === module && declarationKind === "export" && kind !== "reference" &&
        !jsDoc?.doc
      )
    ).map(({ name }) => `${module}: ${name}`)
  );

  assert.equal(Object.keys(nodes).length, modules.length);
  assert.deepEqual(bare, []);
});
