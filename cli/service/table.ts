import { formatTime } from "../../lib/operator/format.ts";

/** Lays rows out in columns, the first one as the head. Nothing follows the last column. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()}\n`
  ).join("");
}

/** Lays out what belongs to one thing: names on the left. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}

/** A timestamp of the API; a dash if there is none. */
export function formatTimestamp(timestamp: string | null): string {
  return timestamp === null ? "-" : formatTime(Date.parse(timestamp));
}
