// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).href;

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier: string };
  }[];
}

/** The modules that are loaded before `main.ts` runs. */
async function listStartModules(): Promise<ReadonlySet<string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "main.ts"],
    cwd: new URL(ROOT),
  }).output();
  const { roots, modules }: { roots: string[]; modules: Module[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const bySpecifier = new Map(modules.map((module) => [module.specifier, module]));
  const loaded = new Set(roots);
  for (const specifier of loaded) {
    for (const { isDynamic, code } of bySpecifier.get(specifier)?.dependencies ?? []) {
      if (isDynamic !== true && code !== undefined) loaded.add(code.specifier);
    }
  }
  return loaded;
}

const MODULES = await listStartModules();

Deno.test("main.ts loads its routes at the start", () => {
  assert(MODULES.has(`${ROOT}routes/hooks/validate.ts`));
});

for (
  const [what, pattern] of [
    // Deno loads 4 to 16 ms of code for the first one.
    ["a module of Node", /^node:/],
    ["jose", /jose/],
    ["OpenTelemetry", /opentelemetry/],
    ["a route of the operator", /\/routes\/operator\//],
    ["the texts of a language", /\/locales\/[a-z]{2}\.ts$/],
  ] as const
) {
  Deno.test(`main.ts does not load ${what} at the start`, () => {
    assert.deepEqual([...MODULES].filter((specifier) => pattern.test(specifier)), []);
  });
}
