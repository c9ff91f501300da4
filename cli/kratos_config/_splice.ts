// SPDX-License-Identifier: Apache-2.0
import { isAlias, isCollection, isMap, isScalar, type Node, type Pair, type YAMLSeq } from "yaml";

/** Puts `text` in place of the characters from `start` up to `end`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Something in a text cannot be changed without changing other parts of the text. */
export class UnsupportedEdit extends Error {
  override readonly name = "UnsupportedEdit";
}

/** Applies splices that do not overlap. Those that only insert keep their order. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const sorted = splices.toSorted((one, other) => one.start - other.start || one.end - other.end);
  let at = 0;
  let edited = "";
  for (const { start, end, text: inserted } of sorted) {
    if (start < at) throw new UnsupportedEdit("Two changes overlap");
    edited += text.slice(at, start) + inserted;
    at = end;
  }
  return edited + text.slice(at);
}

/** The end of line that the text uses. */
export function readEndOfLine(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? "\n";
}

/** Where the line of a character begins. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** Where the line after a value begins. A block scalar already ends there. */
export function nextLine(text: string, end: number): number {
  if (end > 0 && text[end - 1] === "\n") return end;
  const newline = text.indexOf("\n", end);
  return newline === -1 ? text.length : newline + 1;
}

/** How many characters are before this one in its line. */
export function columnOf(text: string, at: number): number {
  const from = lineStart(text, at);
  return at - from - (text.charCodeAt(from) === 0xfeff ? 1 : 0);
}

/** Where a node begins, with its anchor. */
export function startOfMember(text: string, node: Node): number {
  const [start] = readRange(node);
  const { anchor } = isCollection(node) || isScalar(node) ? node : {};
  return anchor === undefined ? start : text.lastIndexOf(`&${anchor}`, start);
}

/** Where the last character of a node is, without the comments and blanks after it. */
export function endOf(node: Node): number {
  const [, end] = readRange(node);
  if (!isCollection(node) || node.flow === true) return end;
  const last = node.items.at(-1);
  if (isMap(node)) return endOfPair(node.items.at(-1));
  return isNode(last) ? endOf(last) : end;
}

/** Where the last character of a pair is. */
export function endOfPair(pair: Pair | undefined): number {
  const node = pair?.value ?? pair?.key;
  if (!isNode(node)) throw new UnsupportedEdit("A pair without a key");
  return endOf(node);
}

/** Whether it is a part of a parsed document. */
export function isNode(value: unknown): value is Node {
  return isScalar(value) || isAlias(value) || isCollection(value);
}

/** Where a node begins and ends. A block collection ends after its comments. */
export function readRange(node: Node): readonly [start: number, end: number] {
  if (!node.range) throw new UnsupportedEdit("A node without a place in the text");
  return [node.range[0], node.range[1]];
}

/** Where the dash of each item of a block list is. */
export function readDashes({ srcToken }: YAMLSeq): number[] {
  if (srcToken?.type !== "block-seq") throw new UnsupportedEdit("A list without its source");
  return srcToken.items.flatMap(({ start }) =>
    start.filter(({ type }) => type === "seq-item-ind").map(({ offset }) => offset)
  );
}
