/**
 * The languages of Jumio's pages, as `web.locale` of a start takes them. Jumio's own setting
 * applies to people of other languages.
 *
 * Jumio's portal offers some more (Application Settings, "Default Locale"), but only these codes are
 * documented (Jumio/implementation-guides, `netverify/netverify-web-v4.md`). A wrong code could make
 * a start impossible.
 */
export const JUMIO_LOCALES = [
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
  "hu",
  "it",
  "ja",
  "ko",
  "lt",
  "nl",
  "no",
  "pl",
  "pt",
  "pt-BR",
  "ro",
  "ru",
  "sk",
  "sv",
  "tr",
  "zh-CN",
  "zh-HK",
] as const;

/** A value of `web.locale`, which has at most 5 characters. */
export type JumioLocale = typeof JUMIO_LOCALES[number];
