// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { alignDocument, readKey } from "./_align.ts";
import {
  type Change,
  insertLines,
  removeLines,
  skipCommentsDown,
  skipCommentsUp,
} from "./_change.ts";
import { spliceFlow } from "./_flow_splices.ts";
import {
  detectStyle,
  indentLines,
  isFilled,
  printBlock,
  printFlow,
  printInline,
} from "./_print.ts";
import {
  columnOf,
  endOf,
  endOfPair,
  isNode,
  nextLine,
  readDashes,
  readEndOfLine,
  readRange,
  type Splice,
  startOfMember,
  UnsupportedEdit,
} from "./_splice.ts";
import { toRecord } from "./edit.ts";

/** Where a value is: in brackets, after the key of a block map, or after the dash of a block list. */
type Place = "flow" | "item" | { readonly keyColumn: number };

interface Changing {
  readonly wanted: unknown;
  readonly place: Place;
  readonly change: Change;
}

/**
 * Plans the changes of a text that give it the wanted meaning. Whatever keeps its meaning keeps its
 * text. A moved item of a list keeps its text too, so it may need a second call.
 *
 * @throws {UnsupportedEdit}
 */
export function planSplices(
  text: string,
  { document, wanted }: { document: Document.Parsed; wanted: unknown },
): readonly Splice[] {
  const style = detectStyle(text);
  const change: Change = {
    text,
    document,
    plan: alignDocument(document, wanted),
    style,
    eol: readEndOfLine(text),
    splices: [],
  };
  const { contents } = document;
  if (contents === null) {
    insertLines(change, { at: text.length, lines: printBlock(wanted, style) });
  } else {
    const place = isCollection(contents) && contents.flow === true ? "flow" : { keyColumn: 0 };
    changeNode(contents, { wanted, place, change });
  }
  return change.splices;
}

function changeNode(node: unknown, { wanted, place, change }: Changing): void {
  if (!isNode(node)) throw new UnsupportedEdit("A value without a place in the text");
  const { document, plan } = change;
  if (isAlias(node)) {
    const source = node.resolve(document);
    const isSame = source !== undefined && plan.values.has(source) &&
      isDeepStrictEqual(plan.values.get(source), wanted);
    if (!isSame) replaceNode(node, { wanted, place, change });
    return;
  }
  const record = toRecord(wanted);
  const isFilling = isCollection(node) && node.flow === true && node.items.length === 0 &&
    place !== "flow" && isFilled(wanted);
  if (isMap(node) && record !== undefined && !isFilling) {
    changeMap(node, { record, change });
  } else if (isSeq(node) && Array.isArray(wanted) && !isFilling) {
    changeSeq(node, { wanted, change });
  } else if (!isDeepStrictEqual(node.toJS(document), wanted)) {
    replaceNode(node, { wanted, place, change });
  }
}

/** Changes the pairs of a map, and the values below them. */
function changeMap(
  node: YAMLMap,
  { record, change }: { record: Readonly<Record<string, unknown>>; change: Change },
): void {
  const keyColumn = columnOf(change.text, readRange(node)[0]);
  const place: Place = node.flow === true ? "flow" : { keyColumn };
  const inherited = readInherited(node, change);
  const own = node.items.map(readKey);
  const removed = new Set<number>();
  for (const [index, pair] of node.items.entries()) {
    const key = readKey(pair);
    if (key === "<<") continue;
    if (key in record) changeNode(pair.value, { wanted: record[key], place, change });
    else removed.add(index);
  }
  const added = Object.entries(record).filter(([key, value]) =>
    !own.includes(key) && !(key in inherited && isDeepStrictEqual(inherited[key], value))
  );
  if (node.flow === true) {
    const after = node.items.findLastIndex((_, index) => !removed.has(index));
    const members = added.map(([key, value]) => ({ key, value, after }));
    return spliceFlow(node, { added: members, removed, change });
  }
  removePairs(node, { removed, change });
  if (added.length === 0) return;
  insertLines(change, {
    at: skipCommentsDown(change.text, {
      at: nextLine(change.text, endOfPair(node.items.at(-1))),
      column: keyColumn + 1,
    }),
    lines: added.flatMap(([key, value]) => printBlock({ [key]: value }, change.style)),
    column: keyColumn,
  });
}

/** What the merge keys (`<<`) of a map give it after the change. */
function readInherited(map: YAMLMap, { document, plan }: Change): Record<string, unknown> {
  const sources = map.items.filter((pair) => readKey(pair) === "<<")
    .flatMap(({ value }) => isSeq(value) ? value.items : [value]);
  return sources.reduceRight((inherited: Record<string, unknown>, source) => {
    const node = isAlias(source) ? source.resolve(document) : undefined;
    return { ...inherited, ...toRecord(node === undefined ? undefined : plan.values.get(node)) };
  }, {});
}

function removePairs(
  node: YAMLMap,
  { removed, change }: { removed: ReadonlySet<number>; change: Change },
): void {
  if (removed.size > 0 && removed.size === node.items.length) {
    throw new UnsupportedEdit("A map loses its last pair");
  }
  for (const [index, pair] of node.items.entries()) {
    if (!removed.has(index)) continue;
    removeLines(change, { start: startOfKey(pair, change), end: endOfPair(pair) });
  }
}

function startOfKey({ key }: Pair, { text }: Change): number {
  if (!isNode(key)) throw new UnsupportedEdit("A pair without a key");
  return startOfMember(text, key);
}

/** Changes the items of a list, and the values below them. */
function changeSeq(
  node: YAMLSeq,
  { wanted, change }: { wanted: readonly unknown[]; change: Change },
): void {
  const { from, staying } = change.plan.alignments.get(node) ?? { from: [], staying: new Set() };
  const removed = new Set([...node.items.keys()].filter((index) => !staying.has(index)));
  const place: Place = node.flow === true ? "flow" : "item";
  const added: { value: unknown; moved: number | undefined; after: number }[] = [];
  let after = -1;
  for (const [index, value] of wanted.entries()) {
    const origin = from[index];
    if (origin !== undefined && staying.has(origin)) {
      after = origin;
      changeNode(node.items[origin], { wanted: value, place, change });
    } else added.push({ value, moved: origin, after });
  }
  if (node.flow === true) return spliceFlow(node, { added, removed, change });
  const { text, style } = change;
  const column = columnOf(text, readRange(node)[0]);
  const dashes = readDashes(node);
  const spans = node.items.map((item, index) => {
    if (!isNode(item)) throw new UnsupportedEdit("An item without a place in the text");
    const start = dashes[index] ?? 0;
    const end = skipCommentsDown(text, { at: nextLine(text, endOf(item)), column: column + 1 });
    return { start, end };
  });
  const first = skipCommentsUp(text, { at: (spans[0]?.start ?? 0) - column, column });
  for (const { value, moved, after } of added) {
    const at = spans[after]?.end ?? first;
    const source = moved === undefined ? undefined : spans[moved];
    if (source === undefined) {
      insertLines(change, {
        at,
        lines: printBlock([value], { ...style, indentSeq: false }),
        column,
      });
    } else {
      const lines = text.slice(source.start - column, source.end).replace(/\r?\n$/, "").split(
        /\r?\n/,
      );
      insertLines(change, { at, lines });
    }
  }
  if (staying.size === 0) throw new UnsupportedEdit("A list loses all its items");
  for (const index of removed) {
    const span = spans[index];
    if (span !== undefined) removeLines(change, span);
  }
}

/** Puts a printed value in place of a node. Its anchor stays. */
function replaceNode(node: Node, { wanted, place, change }: Changing): void {
  const { text, style, eol, splices } = change;
  const [start, end] = readRange(node);
  if (isCollection(node) && node.flow !== true) {
    throw new UnsupportedEdit("Another kind of value in place of a block");
  }
  if (place === "flow") {
    splices.push({ start, end, text: printFlow(wanted) });
  } else if (!isFilled(wanted)) {
    const gap = start === end && /\S/.test(text[start - 1] ?? " ") ? " " : "";
    splices.push({ start, end, text: gap + printInline(wanted, style) });
  } else if (place === "item") {
    if (Array.isArray(wanted)) throw new UnsupportedEdit("A list in a list");
    const [first = "", ...more] = printBlock(wanted, style);
    const lines = [first, ...indentLines(more, columnOf(text, start))];
    splices.push({ start, end, text: lines.join(eol) });
  } else {
    // The value begins on the next line, so that a comment on this line stays where it is.
    const isLast = text.slice(end, nextLine(text, end)).trim() === "";
    const from = isLast ? text.slice(0, start).trimEnd().length : start;
    if (end > from) splices.push({ start: from, end, text: "" });
    const indent = Array.isArray(wanted) && !style.indentSeq ? 0 : style.indent;
    const column = place.keyColumn + indent;
    insertLines(change, { at: nextLine(text, end), lines: printBlock(wanted, style), column });
  }
}
