// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../../lib/config/config.ts";
import type { Context } from "../../lib/context.ts";
import type { ProgressState } from "../../lib/verification/progress.ts";
import type { PageTexts, Texts } from "../../locales/texts.ts";
import { addressOf, formatHours, listLanguages, loadLanguage } from "./_language.ts";
import { type Page, type PageLink, renderPage } from "./_layout.ts";

/** What a page has in every language. */
interface PageKind {
  readonly status: number;
  readonly tone: Page["tone"];
  /** The next step, where the page has one. */
  readonly step?: "continue" | "reload" | "contact_support";
  readonly refreshSeconds?: number;
}

const KINDS = {
  ready: { status: 200, tone: "act", step: "continue" },
  preparing: { status: 200, tone: "wait", refreshSeconds: 2 },
  "in_progress": { status: 200, tone: "act", step: "continue", refreshSeconds: 5 },
  checking: { status: 200, tone: "wait", refreshSeconds: 2 },
  "needs_support": { status: 200, tone: "wait", step: "contact_support", refreshSeconds: 60 },
  verified: { status: 200, tone: "good" },
  review: { status: 200, tone: "neutral" },
  rejected: { status: 200, tone: "bad", step: "contact_support" },
  expired: { status: 200, tone: "time", step: "continue" },
  inconclusive: { status: 200, tone: "act", step: "continue" },
  gone: { status: 410, tone: "neutral" },
  "link_invalid": { status: 403, tone: "bad" },
  "link_expired": { status: 410, tone: "bad" },
  "cross_site": { status: 403, tone: "bad" },
  "too_many": { status: 429, tone: "neutral", step: "contact_support" },
  "limit_reached": { status: 429, tone: "neutral", step: "contact_support" },
  later: { status: 503, tone: "neutral", step: "reload" },
  "no_way": { status: 503, tone: "bad", step: "contact_support" },
  unavailable: { status: 503, tone: "neutral", step: "reload" },
  returned: { status: 200, tone: "neutral" },
  interrupted: { status: 200, tone: "bad" },
} satisfies Record<ProgressState, PageKind> & Record<string, PageKind>;

/** A page about the progress of a verification, or about an error and what to do. */
export type PersonPageName = keyof typeof KINDS;

/** Every limit that `too_many` follows from counts over this time. */
const LIMIT_HOURS = 24;

export const PERSON_PAGES = Object.keys(KINDS) as PersonPageName[]; // the keys of a constant

/** What a metric counts of a page that sends the person to support, because they had too many tries. */
export function refusalOf(
  page: PersonPageName,
): { readonly outcome?: "refused"; readonly reason?: string } {
  return page === "limit_reached" ? { outcome: "refused", reason: "execution_limit" } : {};
}

/** Renders the page for an upstream's failure or a bug. To a person both mean: try again. */
export async function renderFailurePage(
  { request, status }: { request: Request; status: 500 | 503 },
  { config }: Context,
): Promise<Response> {
  const returnHref = addressOf(request, config.address.publicUrl ?? "");
  return await renderPersonPage("unavailable", { request, config, status, returnHref });
}

/**
 * Renders a page for a person, in their language and with the brand.
 *
 * With a `token`, the page has a button that continues the verification. With a `returnHref` it can
 * only be loaded again.
 */
export async function renderPersonPage(
  name: PersonPageName,
  { request, config, token, returnHref, paragraphs, status }: {
    request: Request;
    config: Config;
    token?: string | undefined;
    returnHref?: string | undefined;
    /** Replaces the page's own text. */
    paragraphs?: readonly string[];
    /** Replaces the page's own status. */
    status?: number;
  },
): Promise<Response> {
  const { address: { publicUrl = "" }, brand, jumio } = config;
  const { lang, direction, texts, keepLanguage } = await loadLanguage(request, publicUrl);
  const kind: PageKind = KINDS[name];
  const page: PageTexts = texts[name];
  const fill = (text: string) =>
    text.replaceAll("{brand}", () => brand.name ?? texts.neutralBrand)
      .replaceAll("{hours}", () => formatHours(LIMIT_HOURS, lang));
  const address = token === undefined ? returnHref : `${publicUrl}/jumio/verify?token=${token}`;
  const href = address && keepLanguage(address);
  const support = linkTo(brand.supportUrl, texts.support);
  const privacy = linkTo(brand.privacyUrl, texts.privacy);
  const action = chooseAction(kind, {
    label: page.action ?? "",
    pressedLabel: texts.pressed,
    formHref: keepLanguage(`${publicUrl}/jumio/verify`),
    token,
    href,
    support,
  });
  return await renderPage({
    status: status ?? kind.status,
    lang,
    direction,
    name,
    tone: kind.tone,
    heading: brand.name ?? texts.heading,
    title: fill(page.title),
    paragraphs: (paragraphs ?? [page.text]).map(fill),
    action,
    ...(action?.kind === "form" ? explainStart(name, { texts, fill }) : {}),
    // Not beside a button that starts something: a person has one thing to do there.
    back: action?.kind === "form" ? undefined : linkTo(brand.appUrl, fill(texts.back)),
    footer: [privacy, kind.step === "contact_support" ? undefined : support]
      .filter((link) => link !== undefined),
    refresh: kind.refreshSeconds === undefined || href === undefined ? undefined : {
      href,
      seconds: kind.refreshSeconds,
      note: texts.refreshes,
      label: texts.refreshNow,
    },
    languages: listLanguages(address ?? addressOf(request, publicUrl), { lang, texts }),
    formTargets: jumio.webSources,
  });
}

function linkTo(href: string | undefined, label: string): PageLink | undefined {
  return href === undefined ? undefined : { href, label };
}

/** What stands beside every button that starts a verification. */
function explainStart(
  name: PersonPageName,
  { texts, fill }: { texts: Texts; fill: (text: string) => string },
): Pick<Page, "steps" | "caution" | "otherDevice"> {
  const { document, face, check } = texts.steps;
  return {
    // The person has read them before they went to Jumio.
    ...(name === "in_progress" ? {} : { steps: [document, face, check] }),
    caution: fill(texts.caution),
    otherDevice: texts.otherDevice,
  };
}

/** Chooses the page's one next step; undefined if the page lacks what the step needs. */
function chooseAction(
  { step }: PageKind,
  { label, pressedLabel, formHref, token, href, support }: {
    label: string;
    pressedLabel: string;
    formHref: string;
    token: string | undefined;
    href: string | undefined;
    support: PageLink | undefined;
  },
): Page["action"] {
  switch (step) {
    case "continue":
      return token === undefined
        ? undefined
        : { kind: "form", href: formHref, label, pressedLabel, fields: { token } };
    case "reload":
      return href === undefined ? undefined : { kind: "link", href, label };
    case "contact_support":
      return support && { kind: "link", ...support };
    case undefined:
      return undefined;
  }
}
