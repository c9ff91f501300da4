// SPDX-License-Identifier: Apache-2.0
import { isPair, type Node } from "yaml";
import type { Change } from "./_change.ts";
import { printFlow } from "./_print.ts";
import { columnOf, endOfPair, isNode, lineStart, readRange, startOfMember } from "./_splice.ts";
import { UnsupportedEdit } from "./_splice.ts";

/** A new member of a flow collection, such as `"a": 1` of a map. */
export interface FlowMember {
  /** Undefined for an item of a list. */
  readonly key?: string;
  readonly value: unknown;
  /** The index of the present member before it; -1 for none. Members with the same one keep their order. */
  readonly after: number;
}

/** Adds members to a list or map in brackets, and removes members. */
export function spliceFlow(
  node: Node & { items: unknown[] },
  { added, removed, change }: {
    added: readonly FlowMember[];
    removed: ReadonlySet<number>;
    change: Change;
  },
): void {
  const { text, splices, eol } = change;
  const [start, end] = readRange(node);
  const spans = node.items.map((item) => readSpan(text, item));
  const first = spans[0];
  const isPretty = first === undefined
    ? isPrettyAround(node, change)
    : text.slice(start, first.start).includes("\n");
  const lineColumn = /^ */.exec(text.slice(lineStart(text, start)))?.[0].length ?? 0;
  const { indent } = change.style;
  const column = first === undefined ? lineColumn + indent : columnOf(text, first.start);
  const gap = isPretty ? eol + " ".repeat(column) : " ";
  const print = ({ key, value }: FlowMember) => {
    const printed = printFlow(value, isPretty ? { indent, column, eol } : undefined);
    return key === undefined ? printed : `${JSON.stringify(key)}: ${printed}`;
  };
  const staying = spans.flatMap((span, index) => removed.has(index) ? [] : [{ ...span, index }]);
  const last = staying.at(-1);
  if (last === undefined) {
    const body = added.map(print).join(`,${gap}`);
    const close = isPretty ? eol + " ".repeat(lineColumn) : " ";
    const inside = added.length === 0 ? "" : `${gap}${body}${close}`;
    splices.push({ start: start + 1, end: end - 1, text: inside });
    return;
  }
  for (const member of added) {
    const before = spans[member.after];
    splices.push(
      before === undefined
        ? { start: first?.start ?? end, end: first?.start ?? end, text: `${print(member)},${gap}` }
        : { start: before.end, end: before.end, text: `,${gap}${print(member)}` },
    );
  }
  removeMembers({ spans, removed, last }, change);
}

function removeMembers(
  { spans, removed, last }: {
    spans: readonly Span[];
    removed: ReadonlySet<number>;
    last: Span & { index: number };
  },
  { splices }: Change,
): void {
  for (const [index, { start }] of spans.entries()) {
    const next = spans[index + 1];
    if (!removed.has(index) || index > last.index || next === undefined) continue;
    splices.push({ start, end: next.start, text: "" });
  }
  const final = spans.at(-1);
  if (final !== undefined && final.end > last.end) {
    splices.push({ start: last.end, end: final.end, text: "" });
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function readSpan(text: string, item: unknown): Span {
  if (isPair(item) && isNode(item.key)) {
    return { start: startOfMember(text, item.key), end: endOfPair(item) };
  }
  if (!isNode(item)) throw new UnsupportedEdit("A member without a place in the text");
  return { start: startOfMember(text, item), end: readRange(item)[1] };
}

/** Whether an empty list or map is in JSON with line breaks, or is all of it. */
function isPrettyAround(node: Node, { text, document: { contents } }: Change): boolean {
  if (contents === null || !("flow" in contents) || contents.flow !== true) return false;
  return node === contents || text.trim().includes("\n");
}
