// SPDX-License-Identifier: Apache-2.0
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";

const Package = z.object({ name: z.string(), license: z.string() });

/** Reads the `package.json` of a package: above the file that an import of the package loads. */
export async function readPackage(name: string): Promise<z.output<typeof Package>> {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  while (true) {
    const found = Package.safeParse(await readJson(join(folder, "package.json")));
    if (found.success && found.data.name === name) return found.data;
    if (folder === dirname(folder)) throw new Error(`Cannot find the package.json of ${name}`);
    folder = dirname(folder);
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
