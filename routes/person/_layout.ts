// SPDX-License-Identifier: Apache-2.0
import { type Html, html, trustedHtml } from "../../lib/http/html.ts";
import { answerPage } from "../../lib/http/page.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./_style.ts";

/** The content of a page for a person. Every text is plain and is escaped here. */
export interface Page {
  readonly status: number;
  /** The language's tag. */
  readonly lang: string;
  readonly direction: "ltr" | "rtl";
  /** Names the page's content. A page that refreshes itself changes only if the name does. */
  readonly name: string;
  /** Chooses the icon and its colour. */
  readonly tone: "act" | "wait" | "time" | "good" | "bad" | "neutral";
  /** The brand, or the subject of the page. */
  readonly heading: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** What will happen after a press, in order. They stand above the action. */
  readonly steps?: readonly string[];
  /** A warning about the next step. It stands below the action. */
  readonly caution?: string | undefined;
  /** For people at a computer. */
  readonly otherDevice?: string | undefined;
  /** The one next step: a form to post, or a link. */
  readonly action?: PageAction | undefined;
  /** Back to the app. It stands below the next step and is less prominent. */
  readonly back?: PageLink | undefined;
  /** Below the card: help, the privacy notice. */
  readonly footer?: readonly PageLink[];
  /** The same page in other languages. */
  readonly languages?: {
    readonly label: string;
    readonly choices: readonly LanguageChoice[];
  } | undefined;
  /** For a page that refreshes itself: its address, the first delay, and what the page says about it. */
  readonly refresh?: {
    readonly href: string;
    readonly seconds: number;
    readonly note: string;
    readonly label: string;
  } | undefined;
  /** Sources that a form's answer may redirect to, beside this service. */
  readonly formTargets?: readonly string[];
}

/** The address of a link comes from the settings or from this service, never from a request. */
export interface PageLink {
  readonly href: string;
  readonly label: string;
}

interface LanguageChoice {
  readonly tag: string;
  /** What the language calls itself. */
  readonly name: string;
  readonly direction: "ltr" | "rtl";
  readonly href: string;
  readonly isCurrent: boolean;
}

type PageAction =
  | (PageLink & { readonly kind: "link" })
  | {
    readonly kind: "form";
    readonly href: string;
    readonly label: string;
    /** On the button after a press. */
    readonly pressedLabel: string;
    readonly fields: Readonly<Record<string, string>>;
  };

/** Without a script the whole page is loaded again, so less often. */
const SCRIPTLESS_REFRESH_SECONDS = 5;

/** Decoration: the title says the same in words. */
const ICONS: Readonly<Record<Page["tone"], Html>> = {
  act: trustedHtml(
    '<path d="M4 6h16v12H4zM7 15c.6-1.6 4.4-1.6 5 0M14 10h3M14 13h3"/>' +
      '<circle cx="9.5" cy="11" r="1.6"/>',
  ),
  wait: trustedHtml(
    '<circle class="track" cx="12" cy="12" r="8"/><path class="turning" d="M12 4a8 8 0 0 1 8 8"/>',
  ),
  time: trustedHtml('<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>'),
  good: trustedHtml('<path d="M5 12.5l4.5 4.5L19 7.5"/>'),
  bad: trustedHtml('<path d="M12 6v7.5M12 17.4v.1"/>'),
  neutral: trustedHtml('<path d="M12 11v6.5M12 7v.1"/>'),
};

/** Renders a page for a person. It loads nothing: no image and no font. */
export async function renderPage(page: Page): Promise<Response> {
  const { status, lang, direction, title, heading, refresh, action, formTargets = [] } = page;
  return await answerPage({
    title: `${title} · ${heading}`,
    lang,
    direction,
    status,
    style: STYLE,
    ...(refresh === undefined && action?.kind !== "form" ? {} : { script: SCRIPT }),
    ...describeScriptlessRefresh(page),
    body: renderBody(page),
    sources: {
      form: ["'self'", ...formTargets],
      connect: refresh === undefined ? [] : ["'self'"],
    },
    headers: { "content-language": lang, "vary": "accept-language, cookie" },
  });
}

/** Only for a page without an action: a reload could take the button away before a click. */
function describeScriptlessRefresh({ refresh, action }: Page): { head?: Html } {
  if (refresh === undefined || action !== undefined) return {};
  const content = `${SCRIPTLESS_REFRESH_SECONDS};url=${refresh.href}`;
  return { head: html`<noscript><meta http-equiv="refresh" content="${content}"></noscript>` };
}

function renderBody(page: Page): Html {
  const { name, tone, heading, title, paragraphs, refresh } = page;
  const data = refresh === undefined ? undefined : html`
    data-refresh="${refresh.href}" data-seconds="${refresh.seconds}"
  `;
  return html`
    <header>
      <p>${heading}</p>
    </header>
    <main id="page" data-name="${name}" ${data}>
      <div id="state" role="status">
    <svg class="icon ${tone}" viewBox="0 0 24 24" aria-hidden="true">${ICONS[tone]}</svg>
    <h1>${title}</h1>
    ${paragraphs.map((text) => html`<p>${text}</p>`)}
      </div>
      <div id="step">${renderStep(page)}</div>
    </main>
    ${renderFooter(page)}
  `;
}

function renderStep(page: Page): Html {
  const { steps, caution, action, otherDevice, refresh, back } = page;
  const backKind = action ?? refresh ? " second" : "";
  return html`${
    steps && html`<ol class="steps">${steps.map((text) => html`<li>${text}</li>`)}</ol>`
  }
${action && renderAction(action)}
${caution !== undefined && html`<p class="caution">${caution}</p>`}
${otherDevice !== undefined && html`<p class="quiet other-device">${otherDevice}</p>`}
${
    refresh &&
    html`<p class="quiet">${refresh.note} <a href="${refresh.href}">${refresh.label}</a></p>`
  }
${
    back &&
    html`<a class="button${backKind}" href="${back.href}" rel="noreferrer">${back.label}</a>`
  }`;
}

function renderAction(action: PageAction): Html {
  const { href, label } = action;
  if (action.kind === "link") return html`<a class="button" href="${href}">${label}</a>`;
  const fields = Object.entries(action.fields).map(([name, value]) =>
    html`<input type="hidden" name="${name}" value="${value}">`
  );
  return html`
    <form method="post" action="${href}">
      ${fields}<button class="button" data-pressed="${action.pressedLabel}">${label}</button>
      <p class="hidden" role="status"></p>
    </form>
  `;
}

function renderFooter({ footer = [], languages }: Page): Html | undefined {
  if (footer.length === 0 && languages === undefined) return undefined;
  const links = footer.map(({ href, label }) =>
    html`<a href="${href}" rel="noreferrer">${label}</a>`
  );
  return html`
    <footer>
      ${links.length > 0 && html`<p>${links}</p>`}
      ${languages && renderLanguages(languages)}
    </footer>
  `;
}

/** Plain links, which work without a script. */
function renderLanguages({ label, choices }: NonNullable<Page["languages"]>): Html {
  const items = choices.map(({ tag, name, direction, href, isCurrent }) => {
    const current = String(isCurrent);
    const text = html`<span lang="${tag}" dir="${direction}">${name}</span>`;
    return html`<li><a href="${href}" hreflang="${tag}" aria-current="${current}">${text}</a></li>`;
  });
  return html`
    <nav aria-label="${label}">
      <ul>${items}</ul>
    </nav>
  `;
}
