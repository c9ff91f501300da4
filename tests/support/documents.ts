// SPDX-License-Identifier: Apache-2.0
const ROOT = new URL("../../", import.meta.url);

const DOCUMENT_FOLDERS = ["", "docs/", "docs/decisions/"];

/** A piece of code in a document, between backticks. */
export interface CodeSpan {
  readonly document: string;
  readonly code: string;
}

/** Reads a file by its path from the root of the repository. */
export function readFile(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/** Whether a file or a folder exists, by its path from the root of the repository. */
export function pathExists(path: string): Promise<boolean> {
  return Deno.stat(new URL(path, ROOT)).then(() => true, () => false);
}

/** Lists the paths of all documents. */
export async function listDocuments(): Promise<string[]> {
  const found: string[] = [];
  for (const folder of DOCUMENT_FOLDERS) {
    for await (const { name } of Deno.readDir(new URL(folder, ROOT))) {
      if (name.endsWith(".md")) found.push(folder + name);
    }
  }
  return found.sort();
}

/** Lists the code spans of all documents. Blocks of code are left out. */
export async function listCodeSpans(): Promise<CodeSpan[]> {
  const spans = (await listDocuments()).map(async (document) =>
    [...withoutBlocks(await readFile(document)).matchAll(/`([^`\n]+)`/g)]
      .map(([, code = ""]) => ({ document, code }))
  );
  return (await Promise.all(spans)).flat();
}

/** Removes fenced and indented blocks of code from Markdown. */
export function withoutBlocks(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, "").replace(/^(?: {4}|\t).*$/gm, "");
}

/** The rows of the first table after a heading, without its head. */
export function tableAfter(markdown: string, heading: string): string[][] {
  const [, section = ""] = markdown.split(`\n${heading}\n`);
  const [table = ""] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  return table.trimEnd().split("\n").slice(2)
    .map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/** Reads the source of what is deployed, without tests, by path. */
export async function readSources(): Promise<ReadonlyMap<string, string>> {
  const sources = new Map([["main.ts", await readFile("main.ts")]]);
  for (const folder of ["lib/", "routes/"]) await readFolder(folder, sources);
  return sources;
}

async function readFolder(folder: string, sources: Map<string, string>): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    const path = folder + name;
    if (isDirectory) await readFolder(`${path}/`, sources);
    else if (path.endsWith(".ts") && !path.endsWith("_test.ts")) {
      sources.set(path, await readFile(path));
    }
  }
}
