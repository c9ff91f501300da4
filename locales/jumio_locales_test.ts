// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { JUMIO_LOCALES, pickJumioLocale } from "./jumio_locales.ts";
import { LANGUAGES } from "./mod.ts";

Deno.test("JUMIO_LOCALES has our languages, and only codes that Jumio accepts by their length", () => {
  const codes: readonly string[] = JUMIO_LOCALES;

  assert.deepEqual(LANGUAGES.filter((language) => !codes.includes(language)), []);
  for (const code of codes) assert.match(code, /^[a-z]{2}(?:-[A-Z]{2})?$/);
});

for (
  const [tags, locale] of [
    [["de-CH", "de"], "de"],
    [["DE-at"], "de"],
    [["en-gb"], "en-GB"],
    [["en-US"], "en"],
    [["ar-EG"], "ar"],
    [["pt-PT"], "pt"],
    [["pt-br"], "pt-BR"],
    [["es"], "es"],
    [["es-ES"], "es"],
    [["es-MX"], "es-MX"],
    [["es-AR"], "es-MX"],
    [["es-419"], "es-MX"],
    [["nb-NO"], "no"],
    [["nn"], "no"],
    [["zh"], "zh-CN"],
    [["zh-CN"], "zh-CN"],
    [["zh-SG"], "zh-CN"],
    [["zh-Hans-HK"], "zh-CN"],
    [["zh-TW"], "zh-HK"],
    [["zh-Hant"], "zh-HK"],
    [["yue"], "zh-HK"],
    [["zh-" + "x".repeat(20_000)], "zh-CN"],
    [["zh-\u0000"], "zh-CN"],
    [["tlh", "uk-UA", "de"], "uk"],
    [["he"], undefined],
    [["vi-VN"], undefined],
    [["*"], undefined],
    [[""], undefined],
    [[], undefined],
  ] as const
) {
  Deno.test(`pickJumioLocale() picks ${locale} for ${tags.join().slice(0, 30)}`, () => {
    assert.equal(pickJumioLocale(tags), locale);
  });
}
