import assert from "node:assert/strict";
import { SETTINGS } from "../../lib/config/config.ts";
import { LANGUAGES } from "../../locales/mod.ts";

const ROOT = new URL("../../", import.meta.url);

const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

const config = JSON.parse(await read("deno.json"));

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
  ]);
});

Deno.test("imports point one way: main to routes to lib, and nothing deployed leaves them", async () => {
  const allowed = {
    lib: /^(lib\/|node:|zod$|jose$|@opentelemetry\/api$)/,
    routes: /^((?:routes|lib|locales)\/|zod$)/,
    // Words alone, so that a translator needs to read no code.
    locales: /^locales\//,
  };
  for (const [folder, isAllowed] of Object.entries(allowed)) {
    for await (const file of walk(new URL(`${folder}/`, ROOT))) {
      if (!file.pathname.endsWith(".ts") || file.pathname.endsWith("_test.ts")) continue;
      const imports = [...(await Deno.readTextFile(file)).matchAll(/(?:from |import\()"([^"]+)"/g)]
        .map(([, specifier = ""]) =>
          specifier.startsWith(".")
            ? new URL(specifier, file).href.slice(ROOT.href.length)
            : specifier
        );
      assert.deepEqual(
        imports.filter((specifier) => !isAllowed.test(specifier)),
        [],
        file.pathname,
      );
    }
  }
});

Deno.test("the environment, the clock and the console are used where they may be, only", async () => {
  const global = /\b(?:Deno\.env|Deno\.openKv|Date\.now|console\.)/;
  const found: string[] = [];

  for (const folder of ["lib", "routes"]) {
    for await (const file of walk(new URL(`${folder}/`, ROOT))) {
      if (file.pathname.endsWith("_test.ts") || file.pathname.endsWith("lib/log.ts")) continue;
      if (global.test(await Deno.readTextFile(file))) found.push(file.pathname);
    }
  }

  assert.deepEqual(found, []);
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

Deno.test("README.md stays under 150 lines", async () => {
  assert((await read("README.md")).split("\n").length < 150);
});

Deno.test("nothing of JSR is needed", async () => {
  assert.deepEqual(JSON.parse(await read("deno.lock")).jsr, undefined);
  for (const specifier of Object.values<string>(config.imports)) assert.match(specifier, /^npm:/);
});

Deno.test("main.ts imports the product alone", async () => {
  const imports = (await read("main.ts")).matchAll(/from "([^"]+)"/g).map(([, specifier]) =>
    specifier ?? ""
  );

  for (const specifier of imports) assert.match(specifier, /^(node:|\.\/(lib|routes)\/)/);
});
