// SPDX-License-Identifier: Apache-2.0
import type { SourceFile } from "./source_files.ts";

/** An entry of the list "What may import what" in docs/architecture.md. */
export interface ImportRule {
  /** A folder, or a file that has an entry of its own. */
  readonly place: string;
  readonly allowed: readonly string[];
  readonly packages: readonly string[];
}

/** Modules of Node that every folder may import. */
const NODE = /^node:/;

/** Reads the entries of the list from the text of docs/architecture.md. */
export function parseImportRules(markdown: string): ImportRule[] {
  const [, section = ""] = markdown.split("## What may import what\n");
  const [list = ""] = section.split("\n## ");
  const entries = list.matchAll(/^- `([^`]+)`:((?:.|\n {2})*)$/gm);
  const names = (text = "") => [...text.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
  return [...entries].map(([, place = "", text = ""]) => {
    const [allowed = "", packages] = text.split(/;\s+packages/);
    return {
      place,
      allowed: allowed.trim() === "everything" ? ["everything"] : names(allowed),
      packages: names(packages),
    };
  });
}

/** The entry that a file belongs to: its own, that of its nearest folder, or `tests`. */
export function findRule(rules: readonly ImportRule[], path: string): ImportRule | undefined {
  if (path.endsWith("_test.ts")) path = "tests";
  for (
    let place = path;
    place !== "";
    place = place.slice(0, Math.max(0, place.lastIndexOf("/")))
  ) {
    const rule = rules.find((candidate) => candidate.place === place);
    if (rule !== undefined) return rule;
  }
  return undefined;
}

/** The imports that the list does not allow, as `from -> to`. */
export function findForbiddenImports(
  files: readonly SourceFile[],
  rules: readonly ImportRule[],
): string[] {
  return files.flatMap(({ path, imports }) => {
    const rule = findRule(rules, path);
    if (rule === undefined) return [`${path} has no entry`];
    return imports.filter((target) => !isAllowed(rule, target, rules))
      .map((target) => `${path} -> ${target}`);
  });
}

function isAllowed(rule: ImportRule, target: string, rules: readonly ImportRule[]): boolean {
  if (rule.allowed.includes("everything") || NODE.test(target)) return true;
  if (!target.includes(".ts")) return rule.packages.includes(target);
  const place = findRule(rules, target)?.place;
  if (place === undefined) return false;
  return place === rule.place || rule.allowed.includes(place) ||
    place.startsWith("lib/") && rule.allowed.includes("lib/*");
}

/** The imports of a `_name.ts` from another folder, as `from -> to`. */
export function findPrivateImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.filter((target) =>
      /(?:^|\/)_[^/]*$/.test(target) && folderOf(target) !== folderOf(path)
    )
      .map((target) => `${path} -> ${target}`)
  );
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** The circles of files that import one another, each as the sorted names of its files. */
export function findCycles(files: readonly SourceFile[]): string[][] {
  const targets = new Map(files.map(({ path, imports }) => [path, imports]));
  const reached = new Map(files.map(({ path }) => [path, reach(path, targets)]));
  const cycles = new Map<string, string[]>();
  for (const { path } of files) {
    const circle = files.map((file) => file.path)
      .filter((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path)).sort();
    if (circle.length > 0) cycles.set(circle.join(), circle);
  }
  return [...cycles.values()];
}

/** Every file that a file imports, and that those import, and so on. */
function reach(path: string, targets: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const left = [...targets.get(path) ?? []];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    left.push(...targets.get(next) ?? []);
  }
  return found;
}
