// SPDX-License-Identifier: Apache-2.0
const MARKUP = Symbol("markup");

/**
 * Markup that is safe to send. Only {@linkcode html} and {@linkcode trustedHtml} make it: the key is
 * a symbol of this file, so that no parsed JSON and no form can pass for markup.
 */
export interface Html {
  readonly [MARKUP]: string;
}

/** A value of a template. Lists are joined; `undefined`, `null` and `false` render nothing. */
export type HtmlPart = Html | string | number | false | null | undefined | readonly HtmlPart[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * The template tag for HTML. Values are escaped, unless they were made by this tag themselves.
 *
 * Escaping is right for element content and for quoted attribute values. A value must not stand in
 * an unquoted attribute, in `<script>` or `<style>`, and an address from outside must be checked
 * before it becomes an `href`: escaping does not stop `javascript:`.
 */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let markup = literals[0] ?? "";
  for (const [index, part] of parts.entries()) {
    markup += toMarkup(part) + (literals[index + 1] ?? "");
  }
  return trustedHtml(markup);
}

/** Marks a constant of this code as markup, such as a style sheet or an icon. Never outside data. */
export function trustedHtml(markup: string): Html {
  return { [MARKUP]: markup };
}

/** The text to send. */
export function renderHtml({ [MARKUP]: markup }: Html): string {
  return markup;
}

/** Makes text harmless in element content and in an attribute with either kind of quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function toMarkup(part: HtmlPart): string {
  if (part === undefined || part === null || part === false) return "";
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return isList(part) ? part.map(toMarkup).join("") : renderHtml(part);
}

function isList(part: Html | readonly HtmlPart[]): part is readonly HtmlPart[] {
  return Array.isArray(part);
}
