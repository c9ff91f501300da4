// SPDX-License-Identifier: Apache-2.0
/** Reads the language tags of `Accept-Language` in lower case, the preferred ones first. */
export function readLanguages(header: string | null): string[] {
  if (header === null) return [];
  const preferences = header.split(",").map((part) => {
    const [tag = "", ...parameters] = part.trim().toLowerCase().split(/\s*;\s*/);
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return { tag, quality: Number(quality) || 0 };
  });
  return preferences.filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

/**
 * Picks the available language that comes first among a person's language tags. `de-AT` picks `de`
 * if `de-AT` is not available. Undefined if none of them is available.
 */
export function pickLanguage<Language extends string>(
  tags: readonly string[],
  languages: readonly Language[],
): Language | undefined {
  for (const tag of tags) {
    const [language] = tag.split("-");
    const known = languages.find((candidate) => candidate.toLowerCase() === tag) ??
      languages.find((candidate) => candidate === language);
    if (known !== undefined) return known;
  }
  return undefined;
}
