import assert from "node:assert/strict";
import { JUMIO_LOCALES } from "./jumio_locales.ts";
import { LANGUAGES, LOCALES } from "./mod.ts";

/** All strings below a value, with where they are. */
function flatten(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  return Object.entries(Object(value)).flatMap(([key, part]) => flatten(part, `${path}.${key}`));
}

Deno.test("LANGUAGES names every locale, English first", () => {
  assert.deepEqual([...LANGUAGES].sort(), Object.keys(LOCALES).sort());
  assert.equal(LANGUAGES[0], "en");
});

Deno.test("JUMIO_LOCALES has our languages, and only codes that Jumio accepts by their length", () => {
  const codes: readonly string[] = JUMIO_LOCALES;

  assert.deepEqual(LANGUAGES.filter((language) => !codes.includes(language)), []);
  for (const code of codes) assert.match(code, /^[a-z]{2}(?:-[A-Z]{2})?$/);
});

for (const [language, texts] of Object.entries(LOCALES)) {
  Deno.test(`the texts in ${language} are complete, name no vendor, and have no unknown placeholder`, () => {
    const english = flatten(LOCALES.en);

    const found = flatten(texts);

    assert.deepEqual(found.map(([path]) => path), english.map(([path]) => path));
    for (const [path, text] of found) {
      assert.notEqual(text.trim(), "", path);
      assert(!/jumio|kratos|ory\b|workflow|token/i.test(text), path);
      assert.deepEqual(
        (text.match(/\{\w*\}/g) ?? []).filter((blank) => blank !== "{brand}"),
        [],
        path,
      );
    }
  });
}
