import { isDeepStrictEqual } from "node:util";
import { Document, isAlias, isCollection, isSeq, type ToStringOptions, visit } from "yaml";
import { applyEdit, type Edit, isWithin, parseConfigText, type Path } from "./edit.ts";

/**
 * Applies the edits to a text and keeps its comments and all other settings as they are.
 *
 * @throws {Error} If the new text would not mean the same as the edited configuration.
 */
export function editText(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  const original = parseConfigText(text);
  const { config } = original;
  for (const edit of edits) applyEdit(config, edit);
  if (text.trimStart().startsWith("{")) return `${JSON.stringify(config, null, 2)}\n`;

  const { document } = parseConfigText(text);
  expandAliases(document);
  for (const edit of edits) editDocument(document, edit);
  const options = detectStyle(text);
  const whole = document.toString(options);
  // If possible, only the changed lists are printed again and the rest of the text stays.
  const spliced = spliceLists(text, { original: original.document, document, edits, options });
  const candidates = [spliced, whole].filter((edited) => edited !== undefined);
  const edited = candidates.find((candidate) =>
    isDeepStrictEqual(parseConfigText(candidate).config, config) &&
    isDeepStrictEqual(listComments(candidate), listComments(whole))
  );
  if (edited === undefined) {
    throw new Error(
      "Cannot merge into this configuration without changing the meaning of its text",
    );
  }
  return edited;
}

/** Replaces each alias by a copy, so that a change to one list does not change the others. */
function expandAliases(document: Document.Parsed): void {
  visit(document, {
    Alias(_key, alias) {
      const source = alias.resolve(document);
      return source === undefined ? undefined : createNode(document, source.toJS(document));
    },
  });
}

function editDocument(document: Document.Parsed, edit: Edit): void {
  const parent = document.getIn(edit.path.slice(0, -1), true);
  if (edit.op === "remove") {
    document.deleteIn(edit.path);
  } else if (edit.op === "add" && isSeq(parent)) {
    // An empty list is printed as []. Without this, a hook in it would be one long line.
    if (parent.items.length === 0) parent.flow = false;
    parent.items.splice(Number(edit.path.at(-1)), 0, createNode(document, edit.value));
  } else {
    document.setIn(edit.path, createNode(document, edit.value));
  }
}

function createNode(document: Document, value: unknown): ReturnType<Document["createNode"]> {
  return document.createNode(structuredClone(value), { aliasDuplicateObjects: false });
}

/** The indentation and spacing that the text uses. */
function detectStyle(text: string): ToStringOptions {
  const [, spaces = "  "] = /^\S.*:[ \t]*\n( +)\S/m.exec(text) ?? [];
  return {
    lineWidth: 0,
    indent: spaces.length,
    indentSeq: !/^( *)[^\s#-].*:[ \t]*\n\1- /m.test(text),
    flowCollectionPadding: !/[{[]\S/.test(text) || /\{ \S/.test(text),
  };
}

/** Replaces only the changed lists and maps in the text. Undefined if one of them has no place in it. */
function spliceLists(
  text: string,
  { original, document, edits, options }: {
    original: Document.Parsed;
    document: Document.Parsed;
    edits: readonly Edit[];
    options: ToStringOptions;
  },
): string | undefined {
  const paths = edits.map(({ path }) => findSection(original, path.slice(0, -1), text));
  const sections = paths.filter((path, index) =>
    !paths.some((other, at) => isWithin(path, other) && (other.length < path.length || at < index))
  );
  if (sections.some((path) => path.length === 0)) return undefined;
  const splices = sections.map((path) => {
    const [start = 0, end = 0] = readRange(original.getIn(path, true));
    return { start, end, lines: writeNode(document.getIn(path, true), options) };
  }).sort((one, other) => other.start - one.start);
  return splices.reduce((edited, { start, end, lines }) => {
    const indent = " ".repeat(start - edited.lastIndexOf("\n", start - 1) - 1);
    const body = lines.map((line) => line === "" ? line : indent + line).join("\n").trimStart();
    const [gap = ""] = /\s*$/.exec(edited.slice(start, end)) ?? [];
    return edited.slice(0, start) + body + gap + edited.slice(end);
  }, text);
}

/** The innermost block around a change that starts on its own line. */
function findSection(original: Document.Parsed, path: Path, text: string): Path {
  for (let depth = path.length; depth > 0; depth--) {
    const at = path.slice(0, depth);
    const isShared = path.slice(0, depth).some((_, index) =>
      isAlias(original.getIn(path.slice(0, index + 1), true))
    );
    const node = original.getIn(at, true);
    if (isShared || !isCollection(node) || node.flow === true) continue;
    const [start = 0] = readRange(node);
    if (/(?:^|\n) *$/.test(text.slice(0, start))) return at;
  }
  return [];
}

function readRange(node: unknown): readonly number[] {
  return isCollection(node) ? node.range ?? [] : [];
}

/** The lines of a node without the comments around it, which are already in the text. */
function writeNode(node: unknown, options: ToStringOptions): string[] {
  if (!isCollection(node)) return [];
  const { commentBefore, comment, anchor } = node;
  Object.assign(node, { commentBefore: undefined, comment: undefined, anchor: undefined });
  const lines = new Document(node).toString(options).trimEnd().split("\n");
  Object.assign(node, { commentBefore, comment, anchor });
  return lines;
}

function listComments(text: string): string[] {
  return (text.match(/(?:^|\s)#.*$/gm) ?? []).map((comment) => comment.trim()).sort();
}
