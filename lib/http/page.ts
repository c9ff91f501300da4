// SPDX-License-Identifier: Apache-2.0
import { type Html, html, renderHtml, trustedHtml } from "./html.ts";

/** What a page may load or send, as sources of the policy. What is not named is forbidden. */
export interface PageSources {
  readonly script?: readonly string[];
  readonly style?: readonly string[];
  readonly image?: readonly string[];
  readonly connect?: readonly string[];
  /** Where forms may be sent, and where their answers may redirect to. */
  readonly form?: readonly string[];
}

/** A page, without what all pages have in common. */
export interface PageContent {
  readonly title: string;
  /** @default {"en"} */
  readonly lang?: string;
  /** @default {"ltr"} */
  readonly direction?: "ltr" | "rtl";
  /** @default {200} */
  readonly status?: number;
  /** An inline style sheet of this code. The policy names its hash. */
  readonly style?: string;
  /** An inline script of this code, run after the body. The policy names its hash. */
  readonly script?: string;
  /** More for `<head>`. */
  readonly head?: Html;
  readonly body: Html;
  /** What the page needs beside its inline style and script. @default {form: ["'self'"]} */
  readonly sources?: PageSources;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a whole HTML page that loads nothing from other sites. */
export async function answerPage(page: PageContent): Promise<Response> {
  const { status = 200, style, script, sources = { form: ["'self'"] } } = page;
  const allowed: PageSources = {
    ...sources,
    style: [...await hashesOf(style), ...sources.style ?? []],
    script: [...await hashesOf(script), ...sources.script ?? []],
  };
  return new Response(renderHtml(renderDocument(page)).trimStart(), {
    status,
    headers: { ...pageHeaders(allowed), ...page.headers },
  });
}

/** The headers of every page. `page.headers` may add to them. */
export function pageHeaders(sources: PageSources): Readonly<Record<string, string>> {
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": createPolicy(sources),
    "cross-origin-opener-policy": "same-origin",
    // The address may hold a token, so other sites must not see it. With `no-referrer` the browser
    // would send `Origin: null` with our own forms too, and the same-origin check would fail.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
  };
}

/** Builds a Content-Security-Policy that forbids everything except the named sources. */
export function createPolicy(
  { style = [], script = [], image = [], connect = [], form = [] }: PageSources,
): string {
  const loaded = [
    ["style-src", style],
    ["script-src", script],
    ["img-src", image],
    ["connect-src", connect],
  ] as const;
  return [
    "default-src 'none'",
    ...loaded.filter(([, sources]) => sources.length > 0)
      .map(([directive, sources]) => `${directive} ${sources.join(" ")}`),
    // `default-src` covers none of these three.
    `form-action ${form.length === 0 ? "'none'" : form.join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function renderDocument(
  { title, lang = "en", direction = "ltr", style, script, head, body }: PageContent,
): Html {
  // Outside the `html` tag, whose templates the formatter indents: the hashes need every space.
  const styleElement = style === undefined ? undefined : trustedHtml(`<style>${style}</style>`);
  const scriptElement = script === undefined
    ? undefined
    : trustedHtml(`<script>${script}</script>`);
  return html`
    <!doctype html>
    <html lang="${lang}" dir="${direction}">
      <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    ${styleElement}${head}
      </head>
      <body>
    ${body}
    ${scriptElement}
      </body>
    </html>
  `;
}

async function hashesOf(content: string | undefined): Promise<readonly string[]> {
  if (content === undefined) return [];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content));
  return [`'sha256-${new Uint8Array(digest).toBase64()}'`];
}
