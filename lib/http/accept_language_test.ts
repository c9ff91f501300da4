import assert from "node:assert/strict";
import { pickLanguage } from "./accept_language.ts";

for (
  const [header, language] of [
    [null, "en"],
    ["", "en"],
    ["de", "de"],
    ["de-AT", "de"],
    ["DE-ch;q=0.9, en;q=0.8", "de"],
    ["en;q=0.5, de;q=0.7", "de"],
    ["fr-FR, fr;q=0.9, de;q=0.3", "de"],
    ["fr", "en"],
    ["de;q=0, en;q=0.1", "en"],
    ["*", "en"],
    ["de;q=x", "en"],
    [",;,=", "en"],
  ] as const
) {
  Deno.test(`pickLanguage() picks ${language} for ${header}`, () => {
    assert.equal(pickLanguage(header, ["en", "de"]), language);
  });
}
