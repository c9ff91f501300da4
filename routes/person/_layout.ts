import { REFRESH_SCRIPT, STYLE } from "./_assets.ts";

/** What a page for the person says. Plain text all of it: it is escaped here. */
export interface Page {
  readonly status: number;
  /** The language's tag. */
  readonly lang: string;
  /** Which page this is. A page that renews itself changes only when this does. */
  readonly name: string;
  /** What the picture beside the title says without words. */
  readonly tone: "act" | "wait" | "time" | "good" | "bad" | "neutral";
  /** The operator's name, or what the page is about. */
  readonly heading: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** What to think of before the next step. */
  readonly caution?: string | undefined;
  /** The one step to take from here: a form that is posted, or a link. */
  readonly action?: PageAction | undefined;
  readonly support?: { readonly href: string; readonly label: string } | undefined;
  /** For a page that renews itself: where from, after how long, and what it says of that. */
  readonly refresh?: {
    readonly href: string;
    readonly seconds: number;
    readonly note: string;
    readonly label: string;
  } | undefined;
  /** Where a form may lead, beside this service: the sources of the policy's `form-action`. */
  readonly formTargets?: readonly string[];
}

type PageAction =
  | { readonly kind: "link"; readonly href: string; readonly label: string }
  | {
    readonly kind: "form";
    readonly href: string;
    readonly label: string;
    readonly fields: Readonly<Record<string, string>>;
  };

/** Without a script the page is loaded as a whole, so less often. */
const SCRIPTLESS_REFRESH_SECONDS = 5;

/** Pictures are for the eye alone: the title says the same. */
const ICONS: Readonly<Record<Page["tone"], string>> = {
  act:
    '<path d="M4 6h16v12H4zM7 15c.6-1.6 4.4-1.6 5 0M14 10h3M14 13h3"/><circle cx="9.5" cy="11" r="1.6"/>',
  wait:
    '<circle class="track" cx="12" cy="12" r="8"/><path class="turning" d="M12 4a8 8 0 0 1 8 8"/>',
  time: '<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>',
  good: '<path d="M5 12.5l4.5 4.5L19 7.5"/>',
  bad: '<path d="M12 6v7.5M12 17.4v.1"/>',
  neutral: '<path d="M12 11v6.5M12 7v.1"/>',
};

/**
 * Renders a page that needs nothing from anywhere: no image, no font, a style and a script that the
 * policy names by their hashes. Its address may hold the person's token, so no other site is told
 * it; with `no-referrer` the browser would also hide from us where a press comes from.
 */
export async function renderPage(page: Page): Promise<Response> {
  const isRenewed = page.refresh !== undefined;
  const [style, script] = await Promise.all([sourceOf(STYLE), sourceOf(REFRESH_SCRIPT)]);
  const policy = [
    "default-src 'none'",
    `style-src ${style}`,
    ...(isRenewed ? [`script-src ${script}`, "connect-src 'self'"] : []),
    `form-action ${["'self'", ...page.formTargets ?? []].join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return new Response(renderDocument(page), {
    status: page.status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-language": page.lang,
      "vary": "accept-language, cookie",
      "cache-control": "no-store",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "x-robots-tag": "noindex",
      "cross-origin-opener-policy": "same-origin",
      "content-security-policy": policy.join("; "),
    },
  });
}

function renderDocument(page: Page): string {
  const { refresh } = page;
  const renewal = refresh === undefined
    ? ""
    : ` data-refresh="${escapeHtml(refresh.href)}" data-seconds="${refresh.seconds}"`;
  return `<!doctype html>
<html lang="${escapeHtml(page.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)} · ${escapeHtml(page.heading)}</title>
<style>${STYLE}</style>
${renderScriptlessRefresh(page)}</head>
<body>
<header><p>${escapeHtml(page.heading)}</p></header>
<main id="page" data-name="${escapeHtml(page.name)}"${renewal}>
<div id="state" role="status">
<svg class="icon ${page.tone}" viewBox="0 0 24 24" aria-hidden="true">${ICONS[page.tone]}</svg>
<h1>${escapeHtml(page.title)}</h1>
${page.paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join("\n")}
</div>
<div id="step">
${renderStep(page)}
</div>
</main>
${renderSupport(page)}${refresh === undefined ? "" : `<script>${REFRESH_SCRIPT}</script>\n`}</body>
</html>
`;
}

/** Not where there is something to press: the whole page would be taken away from under a hand. */
function renderScriptlessRefresh({ refresh, action }: Page): string {
  if (refresh === undefined || action !== undefined) return "";
  const content = `${SCRIPTLESS_REFRESH_SECONDS};url=${refresh.href}`;
  return `<noscript><meta http-equiv="refresh" content="${escapeHtml(content)}"></noscript>\n`;
}

function renderStep({ caution, action, refresh }: Page): string {
  const parts: string[] = [];
  if (caution !== undefined) parts.push(`<p class="caution">${escapeHtml(caution)}</p>`);
  if (action?.kind === "link") {
    parts.push(
      `<a class="button" href="${escapeHtml(action.href)}">${escapeHtml(action.label)}</a>`,
    );
  }
  if (action?.kind === "form") {
    const fields = Object.entries(action.fields).map(([name, value]) =>
      `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`
    );
    parts.push(
      `<form method="post" action="${escapeHtml(action.href)}">${fields.join("")}` +
        `<button class="button">${escapeHtml(action.label)}</button></form>`,
    );
  }
  if (refresh !== undefined && action === undefined) {
    const { href, note, label } = refresh;
    parts.push(
      `<p class="quiet">${escapeHtml(note)} <a href="${escapeHtml(href)}">${
        escapeHtml(label)
      }</a></p>`,
    );
  }
  return parts.join("\n");
}

function renderSupport({ support }: Page): string {
  if (support === undefined) return "";
  const { href, label } = support;
  return `<footer><p><a href="${escapeHtml(href)}" rel="noreferrer">${
    escapeHtml(label)
  }</a></p></footer>\n`;
}

async function sourceOf(content: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(content));
  return `'sha256-${new Uint8Array(digest).toBase64()}'`;
}

/** Makes text harmless, in an element and in an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
