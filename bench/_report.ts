// SPDX-License-Identifier: Apache-2.0
import type { Ratio } from "./_compare.ts";

/** Prints a heading for the lines that follow. */
export function printHeading(text: string): void {
  print(`\n${text}`);
}

/** Prints a ratio with its spread, its outliers and the target. A missed target is not a failure. */
export function printRatio(
  what: string,
  { median, min, max, pairs, outliers }: Ratio,
  { wanted }: { wanted?: string } = {},
): void {
  const beside = outliers.length === 0 ? "" : `; outliers ${outliers.map(round).join(", ")}`;
  const spread = `${round(min)}..${round(max)}, ${pairs} pairs${beside}`;
  print(
    `  ${what.padEnd(58)} ${round(median)}  (${spread})${wanted ? `  wanted: ${wanted}` : ""}`,
  );
}

/** Prints a result of this machine. Do not compare it with one of another machine. */
export function printFigure(what: string, value: string): void {
  print(`  ${what.padEnd(58)} ${value}`);
}

/** Formats a number with about three digits. */
export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function print(line: string): void {
  // deno-lint-ignore no-console -- this is what the command is for
  console.log(line);
}
