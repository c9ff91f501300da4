// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { pickLanguage, readLanguages } from "../../lib/http/accept_language.ts";
import { type JumioLocale, pickJumioLocale } from "../../locales/jumio_locales.ts";
import { type Language, LANGUAGES, type Locale, LOCALES } from "../../locales/mod.ts";
import type { Texts } from "../../locales/texts.ts";
import type { Page } from "./_layout.ts";
import { readVisitCookie } from "./_visit_cookie.ts";

/** The parameter `lang` of our pages. An unknown language counts as none. */
export const Lang = z.string().optional()
  .describe("The language that the person chose. Without it, Accept-Language decides");

/** Nothing else of an address is repeated on a page. */
const PARAMETERS = ["token", "errorCode", "error"] as const;

/**
 * The language that the person chose in the footer of a page: by the address, and for the time of a
 * visit to Jumio by its cookie.
 */
export function readChosenLanguage(request: Request, publicUrl: string): Language | undefined {
  const { searchParams } = new URL(request.url);
  return findLanguage(searchParams.get("lang")) ??
    findLanguage(readVisitCookie(request.headers, publicUrl)?.language);
}

/** The words of a page, and the direction in which they are read. */
interface PageLanguage extends Pick<Locale, "direction"> {
  readonly lang: Language;
  readonly texts: Texts;
  /** Adds the language to an address if the person has chosen it. */
  readonly keepLanguage: (href: string) => string;
}

/** Loads the language of a page: the chosen one, else by the request's `Accept-Language`. */
export async function loadLanguage(request: Request, publicUrl: string): Promise<PageLanguage> {
  const chosen = readChosenLanguage(request, publicUrl);
  const lang = chosen ?? pickLanguage(readBrowserLanguages(request), LANGUAGES) ?? LANGUAGES[0];
  const { direction, load } = LOCALES[lang];
  return {
    lang,
    direction,
    texts: await load(),
    keepLanguage: (href) => withLanguage(href, chosen),
  };
}

/** Picks the language of Jumio's pages, also among those that our own pages do not have. */
export function pickPersonLocale(request: Request, publicUrl: string): JumioLocale | undefined {
  const tags = readBrowserLanguages(request);
  const chosen = readChosenLanguage(request, publicUrl);
  if (chosen === undefined) return pickJumioLocale(tags);
  // The browser may know the person's variant of the chosen language.
  const variants = tags.filter((tag) => tag.split("-")[0] === chosen);
  return pickJumioLocale([...variants, chosen, ...tags]);
}

function withLanguage(href: string, language: Language | undefined): string {
  if (language === undefined) return href;
  return `${href}${href.includes("?") ? "&" : "?"}lang=${language}`;
}

/** Says a number of hours in the plural form of the language, on one line. */
export function formatHours(hours: number, lang: Language): string {
  const options = { style: "unit", unit: "hour", unitDisplay: "long" } as const;
  return new Intl.NumberFormat(lang, options).format(hours).replace(/\s/g, "\u00A0");
}

/** The address of the requested page, without a language. A link cannot repeat a form: undefined. */
export function addressOf(request: Request, publicUrl: string): string | undefined {
  if (request.method === "POST") return undefined;
  const { pathname, searchParams } = new URL(request.url);
  const known = PARAMETERS.flatMap((name) => {
    const value = searchParams.get(name);
    return value === null ? [] : [[name, value]];
  });
  const query = new URLSearchParams(known);
  return `${publicUrl}${pathname}${query.size === 0 ? "" : `?${query}`}`;
}

/** The choice in the footer of a page: the same page in each language. */
export function listLanguages(
  href: string | undefined,
  { lang, texts }: Pick<PageLanguage, "lang" | "texts">,
): Page["languages"] {
  if (href === undefined) return undefined;
  const choices = LANGUAGES.map((tag) => {
    const { name, direction } = LOCALES[tag];
    return { tag, name, direction, href: withLanguage(href, tag), isCurrent: tag === lang };
  });
  return { label: texts.languages, choices };
}

function readBrowserLanguages({ headers }: Request): string[] {
  return readLanguages(headers.get("accept-language"));
}

function findLanguage(tag: string | null | undefined): Language | undefined {
  return LANGUAGES.find((language) => language === tag);
}
