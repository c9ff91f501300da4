// SPDX-License-Identifier: Apache-2.0
/**
 * The languages of Jumio's pages, as `web.locale` of a start takes them. Jumio's own setting
 * applies to people of other languages.
 *
 * Jumio's portal lists the languages (Application Settings, "Default Locale"). The codes are those
 * of Jumio/implementation-guides, `netverify/netverify-web-v4.md`, and by its rule (ISO 639-1) those
 * of newer languages. A wrong code could make a start impossible, so languages with two possible
 * codes are left out: Hebrew (`he`, `iw`), Indonesian (`id`, `in`), Serbian (two scripts) and
 * Vietnamese (`vi`, but `vl` in the guide).
 */
export const JUMIO_LOCALES = [
  "ar",
  "bg",
  "cs",
  "da",
  "de",
  "el",
  "en",
  "en-GB",
  "es",
  "es-MX",
  "et",
  "fi",
  "fr",
  "hr",
  "hu",
  "hy",
  "it",
  "ja",
  "ka",
  "km",
  "ko",
  "lt",
  "ms",
  "nl",
  "no",
  "pl",
  "pt",
  "pt-BR",
  "ro",
  "ru",
  "sk",
  "sv",
  "th",
  "tr",
  "uk",
  "zh-CN",
  "zh-HK",
] as const;

/** A value of `web.locale`, which has at most 5 characters. */
export type JumioLocale = typeof JUMIO_LOCALES[number];

/** Picks Jumio's locale for the first of a person's language tags that Jumio has. */
export function pickJumioLocale(tags: Iterable<string>): JumioLocale | undefined {
  for (const tag of tags) {
    const locale = toJumioLocale(tag);
    if (locale !== undefined) return locale;
  }
  return undefined;
}

function toJumioLocale(tag: string): JumioLocale | undefined {
  const [language = "", ...subtags] = tag.toLowerCase().split("-");
  switch (language) {
    case "nb":
    case "nn":
      return "no";
    case "zh":
    case "yue":
      return isTraditionalChinese(tag) ? "zh-HK" : "zh-CN";
    case "es":
      return isEuropeanSpanish(subtags) ? "es" : "es-MX";
    default:
      return JUMIO_LOCALES.find((locale) => locale.toLowerCase() === tag.toLowerCase()) ??
        JUMIO_LOCALES.find((locale) => locale === language);
  }
}

/** The script follows from the region where a tag does not name it. */
function isTraditionalChinese(tag: string): boolean {
  try {
    return new Intl.Locale(tag).maximize().script === "Hant";
  } catch {
    return false; // a malformed tag
  }
}

/** Everywhere else people read the Spanish of Latin America. */
function isEuropeanSpanish(subtags: readonly string[]): boolean {
  return subtags.every((subtag) => subtag === "es" || subtag === "gq");
}
