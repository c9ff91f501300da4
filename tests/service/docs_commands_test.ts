// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { COMMANDS } from "../../cli/commands.ts";
import type { Command } from "../../cli/frame/command.ts";
import { COMMON_FLAGS } from "../../cli/frame/help.ts";
import { listCodeSpans, listDocuments, readFile } from "../support/documents.ts";

/** A command line of the operator's program, from the name of the command on. */
interface Line {
  readonly document: string;
  readonly text: string;
}

/** Lists the command lines in blocks and in code spans. */
async function listCommandLines(): Promise<Line[]> {
  const lines: Line[] = [];
  for (const document of await listDocuments()) {
    const text = (await readFile(document)).replaceAll("\\\n", " ");
    for (const [, line = ""] of text.matchAll(/deno task [^\n`|;]*\boperator ([^\n`|;>]+)/g)) {
      lines.push({ document, text: line });
    }
  }
  for (const { document, code } of await listCodeSpans()) {
    const [, line] = /^(?:operator )?((?:verification|dead-letter) [a-z].*|operator .*)$/
      .exec(code) ?? [];
    if (line !== undefined) lines.push({ document, text: line.replace(/^operator /, "") });
  }
  return lines;
}

function findCommand(line: string): Command | undefined {
  return COMMANDS.find(({ name }) => line === name || line.startsWith(`${name} `));
}

function unknownFlags(line: string, { flags }: Command): string[] {
  const known = [...Object.keys(flags), ...Object.keys(COMMON_FLAGS)].map((name) => `--${name}`);
  return [...line.matchAll(/(?:^| )(--[a-z-]+)/g)].map(([, flag = ""]) => flag)
    .filter((flag) => !known.includes(flag));
}

Deno.test("docs/operator.md has every command of the operator's program", async () => {
  const page = await readFile("docs/operator.md");

  const missing = COMMANDS.filter(({ name }) => {
    const [group = "", word = group] = name.split(" ");
    return !page.includes(`\`${name}\``) && !(page.includes(group) && page.includes(`\`${word}\``));
  });
  assert.deepEqual(missing.map(({ name }) => name), []);
});

Deno.test("every command line of the operator's program in the documents is valid", async () => {
  const lines = (await listCommandLines())
    .filter(({ text }) => !text.startsWith("COMMAND") && !text.startsWith("--") && text !== "…");

  assert(lines.length > 30);
  for (const { document, text } of lines) {
    const command = findCommand(text.trim()) ?? assert.fail(`${document}: ${text}`);
    assert.deepEqual(unknownFlags(text, command), [], `${document}: ${text}`);
  }
});
