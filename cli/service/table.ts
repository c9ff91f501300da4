// SPDX-License-Identifier: Apache-2.0
import { formatTime } from "../../lib/operator/format.ts";

/** Formats rows in columns. The first row is the header. Lines have no trailing space. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const [header = []] = rows;
  const widths = header.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) =>
    `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()}\n`
  ).join("");
}

/** Formats facts about one thing, one per line, with their names on the left. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}

/** Formats a timestamp of the API; a dash if there is none. */
export function formatTimestamp(timestamp: string | null): string {
  return timestamp === null ? "-" : formatTime(Date.parse(timestamp));
}
