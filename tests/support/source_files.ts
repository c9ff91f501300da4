// SPDX-License-Identifier: Apache-2.0
const ROOT = new URL("../../", import.meta.url);

const FOLDERS = ["lib", "routes", "locales", "cli", "sandbox", "bench", "examples", "tests"];

/** A function in a source file, with the lines from its first to its last. */
export interface FunctionLength {
  readonly name: string;
  readonly lines: number;
}

/** What the rules about the repository's structure need to know about a TypeScript file. */
export interface SourceFile {
  /** From the top of the repository, such as `lib/log.ts`. */
  readonly path: string;
  readonly lines: number;
  /** Paths from the top of the repository, or the specifiers of packages. Types included. */
  readonly imports: readonly string[];
  readonly functions: readonly FunctionLength[];
}

/** Parses every TypeScript file of the repository. Works under `deno test` only. */
export async function readSourceFiles(): Promise<SourceFile[]> {
  const paths = ["main.ts"];
  for (const folder of FOLDERS) paths.push(...await listFiles(folder));
  return await Promise.all(
    paths.sort().map(async (path) =>
      parseSource(path, await Deno.readTextFile(new URL(path, ROOT)))
    ),
  );
}

/** Finds the imports and functions of a TypeScript file with the parser of `deno lint`. */
export function parseSource(path: string, text: string): SourceFile {
  const specifiers: string[] = [];
  const functions: FunctionLength[] = [];

  function addFunction(name: string | undefined, [start, end]: Deno.lint.Range): void {
    functions.push({
      name: name ?? `the function on line ${countLines(text.slice(0, start))}`,
      lines: countLines(text.slice(start, end)),
    });
  }
  const visitor: Deno.lint.LintVisitor = {
    ImportDeclaration({ source, attributes }) {
      // A text is no module.
      if (attributes.length === 0) specifiers.push(source.value);
    },
    ExportAllDeclaration: ({ source }) => void specifiers.push(source.value),
    ExportNamedDeclaration({ source }) {
      if (source !== null) specifiers.push(source.value);
    },
    ImportExpression({ source }) {
      if (source.type === "Literal") specifiers.push(String(source.value));
    },
    FunctionDeclaration: ({ id, range }) => addFunction(id?.name, range),
    FunctionExpression: ({ range }) => addFunction(undefined, range),
    ArrowFunctionExpression: ({ range }) => addFunction(undefined, range),
  };
  const rules = { collect: { create: () => visitor } };
  Deno.lint.runPlugin({ name: "source-files", rules }, path, text);
  return {
    path,
    lines: countLines(text.trimEnd()),
    imports: [...new Set(specifiers.map((specifier) => resolve(path, specifier)))],
    functions,
  };
}

function resolve(path: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, new URL(path, ROOT)).href.slice(ROOT.href.length);
}

function countLines(text: string): number {
  return text.split("\n").length;
}

async function listFiles(folder: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}/${name}`;
    if (name === "node_modules" || name === "express_sample") continue;
    if (isDirectory) paths.push(...await listFiles(path));
    else if (name.endsWith(".ts")) paths.push(path);
  }
  return paths;
}
