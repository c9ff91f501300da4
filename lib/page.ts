/** What a page for the person says. Plain text all of it: it is escaped here. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** The one step to take from here. */
  readonly action?: { readonly href: string; readonly label: string };
}

const STYLE = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center }
main { max-width: 32rem; padding: 1.5rem }
a { display: inline-block; padding: .75rem 1.25rem; border: 2px solid; border-radius: .5rem }
`;

/**
 * Renders a page that needs nothing from anywhere: no script, no image, one style that the policy
 * names by its hash. Its address holds the person's token, so no other site is told it.
 */
export async function renderPage({ status, title, text, action }: Page): Promise<Response> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  const hash = new Uint8Array(digest).toBase64();
  const step = action === undefined
    ? ""
    : `<p><a href="${escapeHtml(action.href)}" rel="noreferrer">${
      escapeHtml(action.label)
    }</a></p>`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
${step}
</main>
</body>
</html>
`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "content-security-policy":
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; ` +
        `frame-ancestors 'none'`,
    },
  });
}

/** Makes text harmless, in an element and in an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
