// SPDX-License-Identifier: Apache-2.0
import { type Document, parseDocument } from "yaml";
import { UsageError } from "../frame/command.ts";

/** The place of a value: keys of maps and indices of lists. */
export type Path = readonly (string | number)[];

/** One change of a configuration, with the operations of JSON Patch. */
export type Edit =
  | { readonly op: "add" | "replace"; readonly path: Path; readonly value: unknown }
  | { readonly op: "remove"; readonly path: Path };

/** Parses YAML or JSON. @throws {UsageError} If it is neither, or not a map. */
export function parseConfigText(text: string): { document: Document.Parsed; config: unknown } {
  const document = parseDocument(text, { merge: true, keepSourceTokens: true });
  const [error] = document.errors;
  if (error !== undefined) {
    // The parser's message quotes the file, which contains secrets.
    const [{ line } = { line: 0 }] = error.linePos ?? [];
    throw new UsageError(
      `Cannot read the configuration: it is not valid YAML or JSON (line ${line})`,
    );
  }
  const config = toPlainData(document);
  if (toRecord(config) === undefined) {
    throw new UsageError("Cannot read the configuration: it is not a map of settings");
  }
  return { document, config };
}

/** @throws {UsageError} */
function toPlainData(document: Document.Parsed): unknown {
  try {
    // The detour through JSON copies lists that an alias shares.
    return JSON.parse(JSON.stringify(document.toJS() ?? {}));
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new UsageError(
      "Cannot read the configuration: an alias has no anchor before it, or there are too many",
      { cause: error },
    );
  }
}

/** The value at a path; undefined if there is none. */
export function readPath(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => Array.isArray(at) ? at[Number(key)] : toRecord(at)?.[key],
    value,
  );
}

/** Applies one edit to plain data, in place. */
export function applyEdit(target: unknown, edit: Edit): void {
  const parent = readPath(target, edit.path.slice(0, -1));
  const key = edit.path.at(-1) ?? "";
  if (Array.isArray(parent)) {
    const at = Number(key);
    if (edit.op === "remove") parent.splice(at, 1);
    else parent.splice(at, edit.op === "add" ? 0 : 1, structuredClone(edit.value));
    return;
  }
  if (typeof parent !== "object" || parent === null) {
    throw new Error(`Cannot ${edit.op} at ${toPointer(edit.path)}`);
  }
  if (edit.op === "remove") Reflect.deleteProperty(parent, key);
  else Reflect.set(parent, key, structuredClone(edit.value));
}

/** The edit that sets the value at a path and adds the maps that are missing on the way to it. */
export function addWithParents(config: unknown, path: Path, value: unknown): Edit {
  for (let depth = 1; depth < path.length; depth++) {
    const at = path.slice(0, depth);
    const existing = readPath(config, at);
    if (toRecord(existing) !== undefined) continue;
    const nested = path.slice(depth).reduceRight((inner, key) => ({ [key]: inner }), value);
    return { op: existing === undefined ? "add" : "replace", path: at, value: nested };
  }
  const existing = readPath(config, path);
  return { op: existing === undefined ? "add" : "replace", path, value };
}

/** Formats a path as a JSON Pointer (RFC 6901). */
export function toPointer(path: Path): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Whether `path` equals `other` or is below it. */
export function isWithin(path: Path, other: Path): boolean {
  return other.length <= path.length && other.every((key, index) => key === path[index]);
}

/** A copy of a map; undefined for any other value. */
export function toRecord(value: unknown): Record<string | number, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}
