import assert from "node:assert/strict";
import { en } from "./en.ts";
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

for (const language of LANGUAGES) {
  Deno.test(`the texts in ${language} are complete, name only who checks, and have no unknown placeholder`, async () => {
    const english = flatten(en);

    const found = flatten(await LOCALES[language].load());

    assert.deepEqual(found.map(([path]) => path), english.map(([path]) => path));
    for (const [path, text] of found) {
      assert.notEqual(text.trim(), "", path);
      const named = text.match(/jumio(?:\.ai)?|kratos|ory\b|workflow|token/gi) ?? [];
      assert.deepEqual(named, path === ".steps.check" ? ["Jumio", "jumio.ai"] : [], path);
      assert.deepEqual(
        (text.match(/\{\w*\}/g) ?? []).filter((blank) => blank !== "{brand}"),
        [],
        path,
      );
    }
  });
}
