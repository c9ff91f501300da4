/**
 * Picks the available language that `Accept-Language` prefers. `de-AT` picks `de` if `de-AT` is not
 * available. Undefined if no language of the header is available.
 */
export function pickLanguage<Language extends string>(
  header: string | null,
  languages: readonly Language[],
): Language | undefined {
  if (header === null) return undefined;
  const preferences = header.split(",").map((part) => {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(/\s*;\s*/);
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { tag, quality: Number(quality) || 0 };
  });
  preferences.sort((a, b) => b.quality - a.quality);
  for (const { tag, quality } of preferences) {
    const [language] = tag.split("-");
    const known = languages.find((candidate) => candidate.toLowerCase() === tag) ??
      languages.find((candidate) => candidate === language);
    if (known !== undefined && quality > 0) return known;
  }
  return undefined;
}
