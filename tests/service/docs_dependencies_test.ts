// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readPackage } from "../sbom/package.ts";

const ROOT = new URL("../../", import.meta.url);

async function readImports(path: string): Promise<string[]> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL(path, ROOT)));
  return Object.keys(imports);
}

/** Package, licence and users, from the table of docs/dependencies.md. */
async function readTable(): Promise<{ name: string; licence: string; users: string }[]> {
  const text = await Deno.readTextFile(new URL("docs/dependencies.md", ROOT));
  return [...text.matchAll(/^\| `(\S+)` +\| (\S+) +\| (.+?) +\|/gm)].map((
    [, name = "", licence = "", users = ""],
  ) => ({ name, licence, users }));
}

Deno.test("docs/dependencies.md lists every package once, and which are deployed", async () => {
  const table = await readTable();
  const deployed = table.filter(({ users }) => users === "the service").map(({ name }) => name);
  const files = ["cli/deno.json", "examples/app/deno.json", "tests/packages/imports.json"];
  const all = await Promise.all(files.map(readImports));

  assert.deepEqual(deployed.toSorted(), (await readImports("deno.json")).toSorted());
  assert.deepEqual(table.map(({ name }) => name).toSorted(), [...new Set(all.flat())].toSorted());
});

Deno.test("docs/dependencies.md has the licence that each deployed package states", async () => {
  for (const { name, licence, users } of await readTable()) {
    if (users === "the service") assert.equal((await readPackage(name)).license, licence, name);
  }
});
