import type { Ratio } from "./_compare.ts";

/** Prints what the next lines are about. */
export function printHeading(text: string): void {
  print(`\n${text}`);
}

/** Prints a ratio with its spread, and what is wanted of it. Nothing fails by it. */
export function printRatio(
  what: string,
  { median, min, max, pairs }: Ratio,
  { wanted }: { wanted?: string } = {},
): void {
  const spread = `${round(min)}..${round(max)}, ${pairs} pairs`;
  print(
    `  ${what.padEnd(58)} ${round(median)}  (${spread})${wanted ? `  wanted: ${wanted}` : ""}`,
  );
}

/** Prints a figure of this machine: for orientation, not to be held against another machine's. */
export function printFigure(what: string, value: string): void {
  print(`  ${what.padEnd(58)} ${value}`);
}

/** A number in three digits or so. */
export function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function print(line: string): void {
  // deno-lint-ignore no-console -- this is what the command is for
  console.log(line);
}
