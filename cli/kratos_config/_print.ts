// SPDX-License-Identifier: Apache-2.0
import { stringify } from "yaml";

/** The indentation that a text uses. */
export interface BlockStyle {
  readonly indent: number;
  /** Whether a list is indented below its key. */
  readonly indentSeq: boolean;
}

/** Reads the indentation of a text in YAML or JSON. */
export function detectStyle(text: string): BlockStyle {
  const steps = [...text.matchAll(/^(?:\S.*)?[:{[][ \t]*(?:#.*)?\r?\n( +)\S/gm)]
    .map(([, spaces = ""]) => spaces.length);
  const counts = [...Map.groupBy(steps, (step) => step)]
    .sort(([, one], [, other]) => other.length - one.length);
  return {
    indent: counts[0]?.[0] ?? 2,
    indentSeq: !/^( *)[^\s#-].*:[ \t]*(?:#.*)?\r?\n\1- /m.test(text),
  };
}

/** Prints a value as the lines of a YAML block, without indentation. */
export function printBlock(value: unknown, style: BlockStyle): string[] {
  return stringify(value, { ...style, lineWidth: 0, aliasDuplicateObjects: false })
    .trimEnd().split("\n");
}

/** Prints a value for one line of a block. */
export function printInline(value: unknown, style: BlockStyle): string {
  const [line = "", ...more] = printBlock(value, style);
  return more.length > 0 || isFilled(value) ? printFlow(value) : line;
}

/** Prints a value as JSON, which is also YAML: in one line, or with line breaks and indentation. */
export function printFlow(
  value: unknown,
  pretty?: { indent: number; column: number; eol: string },
): string {
  if (pretty === undefined) return JSON.stringify(value, null, 1).replace(/\n */g, " ");
  const [first, ...lines] = JSON.stringify(value, null, pretty.indent).split("\n");
  return [first, ...indentLines(lines, pretty.column)].join(pretty.eol);
}

/** Puts spaces before each line that is not empty. */
export function indentLines(lines: readonly string[], column: number): string[] {
  return lines.map((line) => line === "" ? line : " ".repeat(column) + line);
}

/** Whether a value is a list or a map with something in it. */
export function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}
