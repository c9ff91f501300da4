// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, isSeq, type Pair } from "yaml";
import { isNode } from "./_splice.ts";
import { toRecord } from "./edit.ts";

/** What becomes of each item of a list. */
export interface Alignment {
  /** For each wanted item: the index of the present item that becomes it; undefined if it is new. */
  readonly from: readonly (number | undefined)[];
  /** The present items that stay in their place. The others are removed or moved. */
  readonly staying: ReadonlySet<number>;
}

/** What a parsed text is to become. */
export interface Plan {
  /** The value that each node is to have. Nodes that are removed or replaced are not in it. */
  readonly values: ReadonlyMap<unknown, unknown>;
  readonly alignments: ReadonlyMap<unknown, Alignment>;
}

/** Finds out which value each node of a document is to have. */
export function alignDocument(document: Document.Parsed, wanted: unknown): Plan {
  const values = new Map<unknown, unknown>();
  const alignments = new Map<unknown, Alignment>();

  function visit(node: unknown, value: unknown): void {
    if (!isNode(node)) return;
    values.set(node, value);
    const record = toRecord(value);
    if (isMap(node) && record !== undefined) {
      for (const pair of node.items) {
        const key = readKey(pair);
        if (key in record) visit(pair.value, record[key]);
      }
    } else if (isSeq(node) && Array.isArray(value)) {
      const items = node.items.map((item) => isNode(item) ? item.toJS(document) : item);
      const alignment = alignItems(JSON.parse(JSON.stringify(items)), value);
      alignments.set(node, alignment);
      for (const [index, from] of alignment.from.entries()) {
        if (from !== undefined && alignment.staying.has(from)) {
          visit(node.items[from], value[index]);
        }
      }
    }
  }

  visit(document.contents, wanted);
  return { values, alignments };
}

/** The key of a pair. */
export function readKey({ key }: Pick<Pair, "key">): string {
  const value = isScalar(key) ? key.value : key;
  return typeof value === "symbol" ? value.description ?? "" : String(value);
}

/**
 * Finds the items that stay: first those that are equal, in order, then between them those that
 * change. Items of the same kind that are left over are moved.
 */
export function alignItems(present: readonly unknown[], wanted: readonly unknown[]): Alignment {
  const from = matchEqual(present, wanted);
  const isTaken = (index: number) => from.includes(index);
  let low = -1;
  for (const index of wanted.keys()) {
    if (from[index] !== undefined) low = from[index];
    else {
      const high = from.slice(index).find((at) => at !== undefined) ?? present.length;
      const free = range(low + 1, high).find((at) => isSameKind(present[at], wanted[index]));
      if (free === undefined) continue;
      from[index] = free;
      low = free;
    }
  }
  const staying = new Set(from.filter((at) => at !== undefined));
  for (const index of wanted.keys()) {
    if (from[index] !== undefined) continue;
    const moved = range(0, present.length).find((at) =>
      !isTaken(at) && isSameKind(present[at], wanted[index])
    );
    from[index] = moved;
  }
  return { from, staying };
}

/** The longest common part of both lists, as indices of `present`. */
function matchEqual(
  present: readonly unknown[],
  wanted: readonly unknown[],
): (number | undefined)[] {
  const lengths = [...present, null].map(() => [...wanted, null].map(() => 0));
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  const isEqual = (row: number, column: number) => isDeepStrictEqual(present[row], wanted[column]);
  for (const row of [...present.keys()].reverse()) {
    for (const column of [...wanted.keys()].reverse()) {
      const length = isEqual(row, column)
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
      lengths[row]?.splice(column, 1, length);
    }
  }
  const from: (number | undefined)[] = wanted.map(() => undefined);
  let [row, column] = [0, 0];
  while (row < present.length && column < wanted.length) {
    if (isEqual(row, column)) from[column++] = row++;
    else if (at(row + 1, column) >= at(row, column + 1)) row++;
    else column++;
  }
  return from;
}

/** Hooks of the same kind may be the same hook with other settings. */
function isSameKind(one: unknown, other: unknown): boolean {
  const [first, second] = [toRecord(one), toRecord(other)];
  if (first === undefined || second === undefined) {
    return first === second && Array.isArray(one) === Array.isArray(other);
  }
  return first["hook"] === second["hook"];
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
