// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { pickLanguage, readLanguages } from "./accept_language.ts";

for (
  const [header, language] of [
    ["de", "de"],
    ["de-AT", "de"],
    ["de-Latn-AT", "de"],
    ["DE-ch;q=0.9, en;q=0.8", "de"],
    ["en;q=0.5, de;q=0.7", "de"],
    ["fr-FR, fr;q=0.9, de;q=0.3", "de"],
    ["de;q=0, en;q=0.1", "en"],
    ["en-GB", "en-GB"],
    ["en-gb,en;q=0.9", "en-GB"],
    ["en-US", "en"],
    [null, undefined],
    ["", undefined],
    ["fr", undefined],
    ["pt-PT", undefined],
    ["*", undefined],
    ["de;q=x", undefined],
    [",;,=", undefined],
    ["\u0000 de", undefined],
    ["de".repeat(10_000), undefined],
  ] as const
) {
  Deno.test(`pickLanguage() picks ${language} for ${header?.slice(0, 30)}`, () => {
    assert.equal(pickLanguage(readLanguages(header), ["en", "en-GB", "de", "pt-BR"]), language);
  });
}
