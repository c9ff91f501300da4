// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { SETTINGS } from "../../lib/config/config.ts";
import { LANGUAGES } from "../../locales/mod.ts";
import {
  findCycles,
  findForbiddenImports,
  findPrivateImports,
  findRule,
  parseImportRules,
} from "../support/import_rules.ts";
import { readSourceFiles } from "../support/source_files.ts";

const ROOT = new URL("../../", import.meta.url);

const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

const config = JSON.parse(await read("deno.json"));

const MAX_FUNCTION_LINES = 60;
const MAX_FILE_LINES = 250;
const MAX_MAIN_LINES = 30;

/** Files directly in lib/. */
const LIB_FILES = ["service.ts", "context.ts", "log.ts", "deadline.ts"];
const MAX_OTHER_LIB_FILES = 4;

const files = await readSourceFiles();
const rules = parseImportRules(await read("docs/architecture.md"));

/** Files, and functions as `path: name`, that may be longer: tables and templates, with a reason. */
const LONG: Readonly<Record<string, string>> = {};

/** All files below a folder that this repository keeps. */
async function* walk(folder: URL): AsyncGenerator<URL> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (
      name.startsWith(".") || ["data", "coverage", "node_modules", "screenshots"].includes(name)
    ) continue;
    const url = new URL(isDirectory ? `${name}/` : name, folder);
    if (isDirectory) yield* walk(url);
    else yield url;
  }
}

Deno.test(".env.example has every setting, and none that the service does not know", async () => {
  const named = [...(await read(".env.example")).matchAll(/^#? ?([A-Z_]+)=/gm)].map(([, name]) =>
    name
  );

  // The platform sets the last one, not the operator.
  assert.deepEqual(new Set(named), new Set(SETTINGS.filter((name) => name !== "DENO_DEPLOY")));
});

Deno.test("the deploy key has the shape of the new Deno Deploy, and the product alone", () => {
  const { deploy } = config;

  assert.deepEqual(Object.keys(deploy), ["org", "app", "install", "runtime", "include"]);
  assert.deepEqual(deploy.runtime, { entrypoint: "main.ts" });
  assert.deepEqual(deploy.include, [
    "main.ts",
    "routes",
    "lib",
    "locales",
    "jsonnet",
    "ory-actions.yaml",
    "deno.json",
    "deno.lock",
    "README.md",
    "LICENSE",
    "NOTICE",
  ]);
});

Deno.test("every import between folders is one that docs/architecture.md allows", () => {
  assert.deepEqual(findForbiddenImports(files, rules), []);
});

Deno.test("every entry of the import list is a folder or file, and allows entries below it only", async () => {
  const places = rules.map(({ place }) => place);

  for (const [index, { place, allowed }] of rules.entries()) {
    await Deno.stat(new URL(place, ROOT)).catch(() => assert.fail(`${place} does not exist`));
    for (const name of allowed) {
      if (name === "everything" || name === "lib/*") continue;
      assert(places.indexOf(name) > index, `${place} allows ${name}, which is not below it`);
    }
  }
});

Deno.test("the import list allows nothing that no file imports", () => {
  const unused = rules.flatMap(({ place, allowed, packages }) => {
    const targets = files.filter(({ path }) => findRule(rules, path)?.place === place)
      .flatMap(({ imports }) => imports);
    const used = new Set(targets.map((target) => findRule(rules, target)?.place ?? target));
    return [...allowed, ...packages].filter((name) =>
      !/everything|\*/.test(name) && !used.has(name)
    )
      .map((name) => `${place} -> ${name}`);
  });

  assert.deepEqual(unused, []);
});

Deno.test("no files import one another in a circle, not even for types", () => {
  assert.deepEqual(findCycles(files).map((circle) => circle.join(" ")), []);
});

Deno.test("no file imports a _private file of another folder", () => {
  assert.deepEqual(findPrivateImports(files), []);
});

Deno.test("lib/ has folders, and few files beside them", () => {
  const direct = files.map(({ path }) => /^lib\/([^/]+\.ts)$/.exec(path)?.[1] ?? "")
    .filter((name) => name !== "" && !name.endsWith("_test.ts"));

  const others = direct.filter((name) => !LIB_FILES.includes(name));
  assert(others.length <= MAX_OTHER_LIB_FILES, others.join());
});

Deno.test(`main.ts has at most ${MAX_MAIN_LINES} lines`, () => {
  const lines = files.find(({ path }) => path === "main.ts")?.lines ?? Infinity;

  assert(lines <= MAX_MAIN_LINES, `${lines} lines`);
});

Deno.test(`no function has more than ${MAX_FUNCTION_LINES} lines`, () => {
  const long = files.flatMap(({ path, functions }) =>
    functions.filter(({ lines }) => lines > MAX_FUNCTION_LINES)
      .map(({ name }) => `${path}: ${name}`)
  );

  assert.deepEqual(long.filter((name) => !(name in LONG)), []);
});

Deno.test(`no file has more than ${MAX_FILE_LINES} lines`, () => {
  const long = files.filter(({ lines }) => lines > MAX_FILE_LINES).map(({ path }) => path);

  assert.deepEqual(long.filter((path) => !(path in LONG)), []);
});

Deno.test("the environment, the clock and the console are used where they may be, only", async () => {
  const global = /\b(?:Deno\.env|Deno\.openKv|Date\.now|console\.)/;
  const found: string[] = [];

  for (const folder of ["lib", "routes"]) {
    for await (const file of walk(new URL(`${folder}/`, ROOT))) {
      if (/(?:_test|\/lib\/log|\/lib\/service)\.ts$/.test(file.pathname)) continue;
      if (global.test(await Deno.readTextFile(file))) found.push(file.pathname);
    }
  }

  assert.deepEqual(found, []);
});

Deno.test("in the service only lib/upstream/call.ts calls fetch(), so every call has its deadline", async () => {
  // The second one is a script for the browser.
  const allowed = ["lib/upstream/call.ts", "routes/person/script.ts"];
  const found: string[] = [];

  for (const { path } of files) {
    if (!/^(?:lib|routes)\//.test(path) || path.endsWith("_test.ts")) continue;
    if (/(?<![\w.])fetch\(|globalThis\.fetch\(/.test(await read(path))) found.push(path);
  }

  assert.deepEqual(found.filter((path) => !allowed.includes(path)), []);
});

Deno.test("a unit test is named after a file beside it: x_test.ts or x_aspect_test.ts for x.ts", () => {
  const paths = new Set(files.map(({ path }) => path));
  const tests = [...paths].filter((path) =>
    path.endsWith("_test.ts") && !path.startsWith("tests/")
  );

  const strays = tests.filter((path) => {
    const words = path.slice(0, -"_test.ts".length).split("_");
    return !words.some((_, index) => paths.has(`${words.slice(0, index + 1).join("_")}.ts`));
  });
  assert.deepEqual(strays, []);
});

Deno.test("every relative link in the Markdown files leads somewhere", async () => {
  const broken: string[] = [];

  for await (const file of walk(ROOT)) {
    if (!file.pathname.endsWith(".md")) continue;
    for (
      const [, target = ""] of (await Deno.readTextFile(file)).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)
    ) {
      if (/^[a-z]+:/.test(target)) continue;
      const exists = await Deno.stat(new URL(target, file)).then(() => true, () => false);
      if (!exists) broken.push(`${file.pathname}: ${target}`);
    }
  }

  assert.deepEqual(broken, []);
});

Deno.test("every language has a file in locales/, and every file there is used", async () => {
  const files: string[] = [];
  for await (const file of walk(new URL("locales/", ROOT))) {
    const name = file.pathname.split("/").at(-1) ?? "";
    if (/^[a-z]{2}\.ts$/.test(name)) files.push(name.slice(0, 2));
  }

  assert.deepEqual(files.sort(), [...LANGUAGES].sort());
});

Deno.test("README.md stays under 130 lines", async () => {
  assert((await read("README.md")).trimEnd().split("\n").length < 130);
});

Deno.test("nothing of JSR is needed", async () => {
  for (const lock of ["deno.lock", "tests/packages/deno.lock"]) {
    assert.deepEqual(JSON.parse(await read(lock)).jsr, undefined);
  }
  const members = ["./", ...config.workspace].map((member: string) => `${member}/deno.json`);
  for (const path of [...members, "tests/packages/imports.json"]) {
    const { imports } = JSON.parse(await read(path));
    for (const specifier of Object.values<string>(imports)) assert.match(specifier, /^npm:/);
  }
});
