// SPDX-License-Identifier: Apache-2.0
import type { Document } from "yaml";
import type { Plan } from "./_align.ts";
import { type BlockStyle, indentLines } from "./_print.ts";
import { lineStart, nextLine, type Splice, UnsupportedEdit } from "./_splice.ts";

/** A text under change, and what it is to become. */
export interface Change {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly plan: Plan;
  readonly style: BlockStyle;
  /** The end of line that the text uses. */
  readonly eol: string;
  readonly splices: Splice[];
}

/** Inserts lines before the line that begins at `at`. The last line of a text may have no end. */
export function insertLines(
  { text, eol, splices }: Change,
  { at, lines, column = 0 }: { at: number; lines: readonly string[]; column?: number },
): void {
  const isUnended = at === text.length && at > 0 && !text.endsWith("\n");
  const inserted = indentLines(lines, column)
    .map((line) => isUnended ? eol + line : line + eol).join("");
  splices.push({ start: at, end: at, text: inserted });
}

/** Removes the lines from `start` to `end`. @throws {UnsupportedEdit} If more is on the first line. */
export function removeLines(
  { text, splices }: Change,
  { start, end }: { start: number; end: number },
): void {
  const from = lineStart(text, start);
  if (text.slice(from, start).trim() !== "") {
    throw new UnsupportedEdit("Something else is on the line to remove");
  }
  splices.push({ start: from, end: nextLine(text, end), text: "" });
}

/** The line after the comments that follow with at least this indentation. */
export function skipCommentsDown(
  text: string,
  { at, column }: { at: number; column: number },
): number {
  const [comments = ""] = new RegExp(`^(?: {${column},}#[^\n]*(?:\n|$))*`).exec(text.slice(at)) ??
    [];
  return at + comments.length;
}

/** The first of the comments that are directly above a line, with this indentation. */
export function skipCommentsUp(
  text: string,
  { at, column }: { at: number; column: number },
): number {
  const lines = new RegExp(`(?:(?<=^|\n) {${column}}#[^\n]*\n)*$`);
  const [comments = ""] = lines.exec(text.slice(0, at)) ?? [];
  return at - comments.length;
}
