import { escapeHtml } from "../../person/_layout.ts";
import { STYLE } from "./_style.ts";

/** Markup that is safe: only {@linkcode html} makes it, and it escapes what is put in. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | readonly Html[] | undefined;

/** Makes markup. What is put in is text, and is escaped, unless it is markup itself. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = literals.reduce((made, literal, index) =>
    made + toMarkup(parts[index - 1]) + literal
  );
  return { markup };
}

/**
 * Answers with a whole page. It needs nothing from anywhere: no script, no image, one style that the
 * policy names by its hash; and its forms lead nowhere but here.
 */
export async function answerPage(
  body: Html,
  { title, status = 200, headers = {} }: {
    title: string;
    status?: number;
    headers?: Readonly<Record<string, string>>;
  },
): Promise<Response> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  const hash = new Uint8Array(digest).toBase64();
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>${title}</title>
        <style>${{ markup: STYLE }}</style>
      </head>
      <body>${body}</body>
    </html>
  `;
  return new Response(page.markup, {
    status,
    headers: {
      ...headers,
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "content-security-policy":
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'self'; ` +
        `frame-ancestors 'none'`,
    },
  });
}

function toMarkup(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return "markup" in part ? part.markup : part.map(({ markup }) => markup).join("\n");
}
