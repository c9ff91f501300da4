// SPDX-License-Identifier: Apache-2.0
import type { WrittenRow } from "./retention_store.ts";

const SECOND = 1_000;
const NUMBERS: Readonly<Record<string, number>> = { a: 1, an: 1, five: 5, six: 6 };
const UNITS: Readonly<Record<string, number>> = {
  second: SECOND,
  minute: 60 * SECOND,
  hour: 3_600 * SECOND,
  day: 86_400 * SECOND,
  week: 7 * 86_400 * SECOND,
};

/** A row of the table in docs/storage.md. */
export interface TableRow {
  /** As the document writes it, such as `["job", kind, id]`. */
  readonly key: string;
  readonly lifetime: string;
  readonly deletedBy: string;
  readonly erasure: string;
}

/** Reads the table of rows from the text of docs/storage.md. */
export function readTable(document: string): readonly TableRow[] {
  return [...document.matchAll(/^\| `(\[.*?\])` +\|(.+)\|$/gm)].map(([, key = "", rest = ""]) => {
    const [, lifetime = "", deletedBy = "", erasure = ""] = rest.split("|").map((cell) =>
      cell.trim()
    );
    return { key, lifetime, deletedBy, erasure };
  });
}

/** The row of the table that describes a key: the one that names the most of its parts. */
export function findTableRow(
  table: readonly TableRow[],
  key: Deno.KvKey,
): TableRow | undefined {
  return table.filter((row) => matches(row.key, key))
    .sort((a, b) => countNames(b.key) - countNames(a.key))[0];
}

/** The lifetimes that a cell names, in milliseconds: `until it is settled, then 400 days` has one. */
export function readLifetimes(cell: string): readonly number[] {
  return [...cell.matchAll(/\b(\d+|an?|six|five) (second|minute|hour|day|week)s?\b/g)]
    .map(([, number = "", unit = ""]) =>
      (NUMBERS[number] ?? Number(number)) * (UNITS[unit] ?? NaN)
    );
}

/** Whether a row, or its key, has one of the ids. */
export function isAbout(
  { key, value }: Pick<WrittenRow, "key" | "value">,
  ids: readonly string[],
): boolean {
  const text = `${JSON.stringify(key)} ${value instanceof Deno.KvU64 ? "" : JSON.stringify(value)}`;
  return ids.some((id) => text.includes(id));
}

/** `"last" or "dry_run"` is one of two names, a word is any part, and … is any number of them. */
function matches(template: string, key: Deno.KvKey): boolean {
  const parts = template.slice(1, -1).split(", ");
  if (parts.at(-1) === "…" ? key.length < parts.length : key.length !== parts.length) return false;
  return parts.every((part, index) => {
    const names = [...part.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
    return names.length === 0 || names.includes(String(key[index]));
  });
}

function countNames(template: string): number {
  return template.split('"').length;
}
