// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** What is installed with the service. Everything else is for development. */
const PACKAGES = ["@opentelemetry/api", "jose", "zod"];

const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));

const { imports, deploy, workspace } = JSON.parse(await read("deno.json"));

/** The files and folders that each way of deployment copies, by the name of the recipe. */
const RECIPES: Readonly<Record<string, readonly string[]>> = {
  "the deploy key of deno.json": deploy.include,
  "deploy/Containerfile": await readContainerfile(),
  ...await readDocument(),
};

async function readContainerfile(): Promise<string[]> {
  const lines = (await read("deploy/Containerfile")).matchAll(/^COPY (.*) \S+$/gm);
  return [...lines].flatMap(([, sources = ""]) => sources.split(" "));
}

/** Every `cp` of docs/deploy.md that copies main.ts. */
async function readDocument(): Promise<Record<string, string[]>> {
  const lines = [...(await read("docs/deploy.md")).matchAll(/^cp -r (main\.ts .*) \S+$/gm)];
  return Object.fromEntries(
    lines.map((
      [, sources = ""],
      index,
    ) => [`cp ${index + 1} of docs/deploy.md`, sources.split(" ")]),
  );
}

/** Copies files and folders of this repository into an empty folder. */
async function copyTo(folder: string, paths: readonly string[]): Promise<void> {
  const options = { args: ["-r", ...paths, folder], cwd: ROOT };
  const { success, stderr } = await new Deno.Command("cp", options).output();
  assert(success, new TextDecoder().decode(stderr));
}

async function runDeno(
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; output: string; errors: string }> {
  const environment = Deno.env.toObject();
  const env = Object.fromEntries(
    ["PATH", "HOME", "DENO_DIR", "NPM_CONFIG_REGISTRY"].flatMap((name) =>
      environment[name] === undefined ? [] : [[name, environment[name]]]
    ),
  );
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    clearEnv: true,
    env: { ...env, "NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1" },
  });
  const { code, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

Deno.test("docs/deploy.md has a recipe that copies main.ts", () => {
  assert(Object.keys(RECIPES).some((name) => name.endsWith("docs/deploy.md")));
});

for (const [recipe, paths] of Object.entries(RECIPES)) {
  Deno.test(`${recipe} copies all that main.ts loads`, async () => {
    const folder = await Deno.makeTempDir();
    await copyTo(folder, paths);

    const { code, output, errors } = await runDeno(["task", "--quiet", "start"], folder);

    // It stops at the empty environment, which it reads after everything is loaded.
    assert.equal(errors, "");
    assert.match(output, /ORY_WEBHOOK_SECRET is missing/);
    assert.equal(code, 1);
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("installing what is deployed installs the packages of the service only, as locked", async () => {
  const folder = await Deno.makeTempDir();
  await copyTo(folder, deploy.include);
  const [program, ...install] = deploy.install.split(" ");

  const { code, errors } = await runDeno(install, folder);

  assert.equal(program, "deno");
  assert.equal(code, 0, errors);
  const locked = JSON.parse(await read("deno.lock")).npm;
  const installed = JSON.parse(await Deno.readTextFile(`${folder}/deno.lock`)).npm;
  const names = Object.keys(installed).map((name) => name.replace(/@[^@]+$/, ""));
  assert.deepEqual(names.sort(), PACKAGES);
  for (const [name, entry] of Object.entries(installed)) assert.deepEqual(entry, locked[name]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deno.json imports the packages of the service only", () => {
  assert.deepEqual(Object.keys(imports).sort(), PACKAGES);
});

Deno.test("members of the workspace are not deployed, and agree on the version of a package", async () => {
  const versions = new Map<string, string>();

  for (const member of workspace) {
    assert(!deploy.include.includes(member.replace("./", "")), member);
    const { imports } = JSON.parse(await read(`${member}/deno.json`));
    for (const [name, specifier] of Object.entries<string>(imports)) {
      assert.equal(versions.get(name) ?? specifier, specifier, `${member}: ${name}`);
      assert(!PACKAGES.includes(name), `${member}: ${name}`);
      versions.set(name, specifier);
    }
  }
});
