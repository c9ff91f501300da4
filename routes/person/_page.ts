import type { Context } from "../../lib/context.ts";
import { pickLanguage } from "../../lib/http/accept_language.ts";
import { type Page, renderPage } from "./_layout.ts";
import type { ProgressState } from "../../lib/verification/progress.ts";
import { type Language, LANGUAGES, LOCALES } from "../../locales/mod.ts";
import type { PageTexts, Texts } from "../../locales/texts.ts";

/** What is the same on a page whoever it is for. */
interface PageKind {
  readonly status: number;
  readonly tone: Page["tone"];
  /** The next step, where the page has one. */
  readonly step?: "press" | "look_again" | "get_help";
  readonly refreshSeconds?: number;
}

const KINDS = {
  ready: { status: 200, tone: "act", step: "press" },
  preparing: { status: 200, tone: "wait", refreshSeconds: 2 },
  "in_progress": { status: 200, tone: "act", step: "press", refreshSeconds: 5 },
  checking: { status: 200, tone: "wait", refreshSeconds: 2 },
  verified: { status: 200, tone: "good" },
  review: { status: 200, tone: "neutral" },
  rejected: { status: 200, tone: "bad", step: "get_help" },
  expired: { status: 200, tone: "time", step: "press" },
  inconclusive: { status: 200, tone: "act", step: "press" },
  gone: { status: 410, tone: "neutral" },
  "link_invalid": { status: 403, tone: "bad" },
  "link_expired": { status: 410, tone: "bad" },
  "foreign_press": { status: 403, tone: "bad" },
  "too_many": { status: 429, tone: "neutral" },
  later: { status: 503, tone: "neutral", step: "look_again" },
  "no_way": { status: 503, tone: "bad", step: "get_help" },
  unavailable: { status: 503, tone: "neutral", step: "look_again" },
  returned: { status: 200, tone: "neutral" },
  interrupted: { status: 200, tone: "bad" },
} satisfies Record<ProgressState, PageKind> & Record<string, PageKind>;

/** A page that says where a person stands, or what is wrong and what to do. */
export type PersonPageName = keyof typeof KINDS;

/** All of them. */
export const PERSON_PAGES = Object.keys(KINDS) as PersonPageName[]; // the keys of a constant

/** The language of whoever asks. */
export function languageOf(request: Request): Language {
  return pickLanguage(request.headers.get("accept-language"), LANGUAGES);
}

/** The words of whoever asks. */
export function textsOf(request: Request): Texts {
  return LOCALES[languageOf(request)];
}

/**
 * Renders a page for the person, in their language and with the operator's name.
 *
 * With a token it has a button; `returnHref` makes of it a page that shows and starts nothing.
 */
export async function renderPersonPage(
  name: PersonPageName,
  { request, config: { publicUrl = "", brand, jumio }, token, returnHref, paragraphs, status }: {
    request: Request;
    config: Context["config"];
    token?: string | undefined;
    returnHref?: string;
    /** In the place of the page's own text. */
    paragraphs?: readonly string[];
    /** In the place of the page's own. */
    status?: number;
  },
): Promise<Response> {
  const texts = textsOf(request);
  const kind: PageKind = KINDS[name];
  const page: PageTexts = texts[name];
  const withBrand = (text: string) => text.replaceAll("{brand}", brand.name ?? texts.neutralBrand);
  const href = token === undefined ? returnHref : `${publicUrl}/jumio/verify?token=${token}`;
  const support = brand.supportUrl === undefined
    ? undefined
    : { href: brand.supportUrl, label: texts.support };
  const action = chooseAction(kind, {
    label: page.action ?? "",
    pressHref: `${publicUrl}/jumio/verify`,
    token,
    href,
    support,
  });
  return await renderPage({
    status: status ?? kind.status,
    lang: languageOf(request),
    name,
    tone: kind.tone,
    heading: brand.name ?? texts.heading,
    title: withBrand(page.title),
    paragraphs: (paragraphs ?? [page.text]).map(withBrand),
    caution: action?.kind === "form" ? withBrand(texts.caution) : undefined,
    action,
    support: kind.step === "get_help" ? undefined : support,
    refresh: kind.refreshSeconds === undefined || href === undefined ? undefined : {
      href,
      seconds: kind.refreshSeconds,
      note: texts.refreshes,
      label: texts.refreshNow,
    },
    formTargets: jumio.webSources,
  });
}

/** The page's one next step, where it can be taken from here. */
function chooseAction(
  { step }: PageKind,
  { label, pressHref, token, href, support }: {
    label: string;
    pressHref: string;
    token: string | undefined;
    href: string | undefined;
    support: Page["support"];
  },
): Page["action"] {
  switch (step) {
    case "press":
      return token === undefined
        ? undefined
        : { kind: "form", href: pressHref, label, fields: { token } };
    case "look_again":
      return href === undefined ? undefined : { kind: "link", href, label };
    case "get_help":
      return support && { kind: "link", ...support };
    case undefined:
      return undefined;
  }
}
