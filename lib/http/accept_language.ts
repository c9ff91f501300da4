/**
 * Picks the available language that `Accept-Language` prefers, regardless of the country, or else the
 * first one.
 */
export function pickLanguage<Language extends string>(
  header: string | null,
  languages: readonly [Language, ...Language[]],
): Language {
  const preferences = (header ?? "").split(",").map((part) => {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(/\s*;\s*/);
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { language: tag.split("-")[0], quality: Number(quality) || 0 };
  });
  preferences.sort((a, b) => b.quality - a.quality);
  for (const { language, quality } of preferences) {
    const known = languages.find((candidate) => candidate === language);
    if (known !== undefined && quality > 0) return known;
  }
  return languages[0];
}
