// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readSourceFiles } from "../support/source_files.ts";

const ROOT = new URL("../../", import.meta.url);

/** What every task needs that runs code of tests. See docs/decisions/0018-packages-of-tests.md. */
const FLAGS = " --import-map=tests/packages/imports.json --lock=tests/packages/deno.lock";

interface Lock {
  readonly specifiers: Readonly<Record<string, string>>;
  readonly npm: Readonly<Record<string, unknown>>;
}

async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(new URL(path, ROOT)));
}

/** What the members of the workspace and its top declare: specifiers by name. */
async function readDeclared(): Promise<Map<string, string>> {
  const { workspace } = await readJson("deno.json");
  const configs = await Promise.all(
    ["./", ...workspace].map((member) => readJson(`${member}/deno.json`)),
  );
  return new Map(configs.flatMap(({ imports }) => Object.entries<string>(imports)));
}

/** The packages that the service, the sandbox and the operator's program import. */
async function readPackagesOfPrograms(): Promise<Set<string>> {
  const files = (await readSourceFiles())
    .filter(({ path }) => !/^(?:tests|bench)\/|_test\.ts$/.test(path));
  const imports = files.flatMap((file) => file.imports);
  return new Set(imports.filter((name) => !/\.ts$|^node:/.test(name)));
}

Deno.test("deno task dev downloads no package that only tests use", async () => {
  const used = [...await readPackagesOfPrograms()].sort();

  const declared = await readDeclared();
  const { specifiers }: Lock = await readJson("deno.lock");
  const locked = Object.keys(specifiers).map((name) => name.replace(/^npm:(.+)@.*$/, "$1"));

  // A task of Deno downloads all that the members of the workspace declare, and all that is locked.
  assert.deepEqual([...declared.keys()].sort(), used);
  assert.deepEqual(locked.sort(), used);
});

Deno.test("the tests run with the versions of deno.lock", async () => {
  const declared = await readDeclared();
  const { imports } = await readJson("tests/packages/imports.json");
  const [root, tests]: Lock[] = await Promise.all(
    ["deno.lock", "tests/packages/deno.lock"].map(readJson),
  );

  for (const [name, specifier] of Object.entries(imports)) {
    assert.equal(declared.get(name) ?? specifier, specifier, name);
  }
  assert(root !== undefined && tests !== undefined);
  for (const key of ["specifiers", "npm"] as const) {
    for (const [name, entry] of Object.entries(root[key])) {
      assert.deepEqual(tests[key][name], entry, name);
    }
  }
});

Deno.test("every task that runs or checks code of tests has the packages of the tests", async () => {
  const { tasks } = await readJson("deno.json");
  const commands = Object.values<{ command: string }>(tasks).map(({ command }) => command)
    .filter((command) => /deno (?:test|check) |tests\/types/.test(command));

  for (const command of commands) assert(command.includes(FLAGS), command);
  assert(commands.length > 10);
});
