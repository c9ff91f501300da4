// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { LANGUAGES, LOCALES } from "./mod.ts";

Deno.test("LANGUAGES names every locale, English first", () => {
  assert.deepEqual([...LANGUAGES].sort(), Object.keys(LOCALES).sort());
  assert.equal(LANGUAGES[0], "en");
});

Deno.test("LOCALES has the direction in which each language is written, and its own name", () => {
  for (const language of LANGUAGES) {
    const { direction, name } = LOCALES[language];
    const names = new Intl.DisplayNames(language, { type: "language" });

    assert.equal(direction, new Intl.Locale(language).maximize().script === "Arab" ? "rtl" : "ltr");
    assert.equal(name.toLowerCase(), names.of(language)?.toLowerCase());
  }
});
