// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

const FOLDERS = ["lib", "routes", "locales", "cli", "sandbox", "bench", "tests/support"];

/** Words that say nothing of their own in a doc comment. */
const FILLERS = new Set(
  ("a an and are as at be by each every for from given has in into is it its needed needs new of on one " +
    "or that the their these this those to what where which with").split(" "),
);

/** The part of `deno doc --json` that is read here. */
interface Documentation {
  readonly nodes: Record<string, {
    readonly symbols: readonly {
      readonly name: string;
      readonly declarations: readonly {
        readonly location: { readonly filename: string };
        readonly jsDoc?: { readonly doc?: string };
      }[];
    }[];
  }>;
}

async function readDocumentation(modules: readonly string[]): Promise<Documentation> {
  const options = { args: ["doc", "--json", ...modules], cwd: ROOT, env: { "NO_COLOR": "1" } };
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), options).output();
  assert(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function listModules(folders: readonly string[] = FOLDERS): Promise<string[]> {
  const modules: string[] = [];
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
      const path = `${folder}/${name}`;
      if (name === "node_modules" || name === "express_sample") continue;
      if (isDirectory) modules.push(...await listModules([path]));
      else if (name.endsWith(".ts") && !name.endsWith("_test.ts")) modules.push(path);
    }
  }
  return modules;
}

/** The words of a comment or name in lower case, without endings: `createdAt` gives create, at. */
function splitWords(text: string): string[] {
  return (text.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().match(/[a-z0-9]+/g) ?? [])
    .map((word) => word.replace(/(?:ies|es|s|ed|ing|y|e)$/, ""));
}

/** Whether a doc comment holds no word that is not in the name already. */
function repeatsName(name: string, doc: string): boolean {
  const known = new Set(splitWords(name));
  const words = doc.replaceAll(/\{@link(?:code)? ([^}]*)\}/g, "$1").match(/[A-Za-z0-9_]+/g) ?? [];
  return words.filter((word) => !FILLERS.has(word.toLowerCase())).flatMap(splitWords)
    .every((word) => known.has(word));
}

Deno.test("no doc comment only repeats the name of what it describes", async () => {
  const modules = await listModules();

  const { nodes } = await readDocumentation(modules);

  const repetitions = Object.entries(nodes).flatMap(([module, { symbols }]) =>
    symbols.filter(({ name, declarations }) =>
      declarations.some(({ location, jsDoc }) =>
        location.filename === module && jsDoc?.doc !== undefined && repeatsName(name, jsDoc.doc)
      )
    ).map(({ name }) => `${module}: ${name}`)
  );
  assert.equal(Object.keys(nodes).length, modules.length);
  assert.deepEqual(repetitions, []);
});

for (
  const [name, doc, isRepetition] of [
    ["JobRow", "The row of a job.", true],
    ["AcceptOptions", "What {@linkcode acceptOptions} needs.", true],
    ["createStore", "Creates the store.", true],
    ["createStore", "Creates the store, with a deadline on every call.", false],
    ["verifyLink", "Refuses a link that was signed with a retired secret.", false],
  ] as const
) {
  Deno.test(`"${doc}" ${isRepetition ? "only repeats" : "adds to"} the name ${name}`, () => {
    assert.equal(repeatsName(name, doc), isRepetition);
  });
}
