// SPDX-License-Identifier: Apache-2.0
/** The parts of a Jsonnet text in which brackets mean nothing. */
const SKIPPED = [
  /(?:\/\/|#)[^\n]*/y,
  /\/\*[\s\S]*?\*\//y,
  /\|\|\|-?[ \t]*\r?\n(?:[ \t]*\r?\n)*([ \t]+)[^\n]*\n(?:(?:\1[^\n]*|[ \t]*\r?)\n)*[ \t]*\|\|\|/y,
  /@"(?:[^"]|"")*"/y,
  /@'(?:[^']|'')*'/y,
  /"(?:[^"\\]|\\[\s\S])*"/y,
  /'(?:[^'\\]|\\[\s\S])*'/y,
];

/** What begins a comment or text that then has no end. */
const UNENDED = /\/\*|\|\|\||["']/y;

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * Finds a comment, text or bracket of a Jsonnet text that does not end, or a bracket that closes
 * nothing, as in a text that was cut off. Finds no other mistakes: Jsonnet need not be installed
 * here. Undefined if there is none.
 */
export function findSyntaxFault(text: string): string | undefined {
  const open: { bracket: string; at: number }[] = [];
  const describe = (what: string, at: number) =>
    `${what} in line ${text.slice(0, at).split("\n").length}`;
  for (let at = 0; at < text.length;) {
    const skipped = SKIPPED.map((pattern) => matchAt(pattern, { text, at }))
      .find((match) => match !== undefined);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    const unended = matchAt(UNENDED, { text, at });
    if (unended !== undefined) return describe(`No end of ${unended}`, at);
    const character = text.charAt(at);
    if (character in CLOSING) open.push({ bracket: character, at });
    else if (/[)\]}]/.test(character)) {
      const last = open.pop();
      if (CLOSING[last?.bracket ?? ""] !== character) {
        return describe(`A ${character} that closes nothing`, at);
      }
    }
    at++;
  }
  const [last] = open.slice(-1);
  if (last !== undefined) return describe(`No end of ${last.bracket}`, last.at);
  return text.trim() === "" ? "It is empty" : undefined;
}

function matchAt(
  pattern: RegExp,
  { text, at }: { text: string; at: number },
): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
