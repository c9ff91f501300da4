/**
 * Picks a language by `Accept-Language`: the one that the person likes best of those that there are,
 * whatever the country, or the first.
 */
export function pickLanguage<Language extends string>(
  header: string | null,
  languages: readonly [Language, ...Language[]],
): Language {
  const wishes = (header ?? "").split(",").map((part) => {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(/\s*;\s*/);
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { language: tag.split("-")[0], quality: Number(quality) || 0 };
  });
  wishes.sort((a, b) => b.quality - a.quality);
  for (const { language, quality } of wishes) {
    const known = languages.find((candidate) => candidate === language);
    if (known !== undefined && quality > 0) return known;
  }
  return languages[0];
}
