// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import { planSplices } from "./_plan_splices.ts";
import { applySplices, UnsupportedEdit } from "./_splice.ts";
import { applyEdit, type Edit, parseConfigText } from "./edit.ts";
import { UsageError } from "../frame/command.ts";

/** An item that is moved is corrected in the next round. */
const MAX_ROUNDS = 4;

/**
 * Applies the edits to a text. Every other byte of it stays: comments, blanks, anchors and aliases.
 * An alias is replaced only where the edits make its value differ from its anchor's.
 *
 * Undefined if this is not possible, or if the new text would not mean the same as the edited
 * configuration.
 */
export function editText(text: string, edits: readonly Edit[]): string | undefined {
  const { config: wanted } = parseConfigText(text);
  for (const edit of edits) applyEdit(wanted, edit);
  try {
    let edited = text;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { document, config } = parseConfigText(edited);
      if (isDeepStrictEqual(config, wanted)) {
        return keepsComments(text, edited) ? edited : undefined;
      }
      edited = applySplices(edited, planSplices(edited, { document, wanted }));
    }
  } catch (error) {
    // The parser refuses the new text, for example if an alias lost its anchor.
    if (!(error instanceof UnsupportedEdit || error instanceof UsageError)) throw error;
  }
  return undefined;
}

function keepsComments(text: string, edited: string): boolean {
  return isDeepStrictEqual(listComments(text), listComments(edited));
}

function listComments(text: string): string[] {
  return (text.match(/(?:^|\s)#.*$/gm) ?? []).map((comment) => comment.trim()).sort();
}
