// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { de } from "../../locales/de.ts";
import { LOCALES } from "../../locales/mod.ts";
import {
  addressOf,
  formatHours,
  listLanguages,
  loadLanguage,
  pickPersonLocale,
  readChosenLanguage,
} from "./_language.ts";

const PUBLIC_URL = "https://kyc.example.com";
const PAGE = `${PUBLIC_URL}/jumio/verify`;

function request(
  path: string,
  { languages, visit, method = "GET" }: { languages?: string; visit?: string; method?: string } =
    {},
): Request {
  const headers = new Headers();
  if (languages !== undefined) headers.set("accept-language", languages);
  if (visit !== undefined) headers.set("cookie", `__Host-jumio_visit=${visit}`);
  return new Request(`http://127.0.0.1:3000${path}`, { method, headers });
}

for (
  const [name, chosen, page, path, options] of [
    ["the address", "de", "de", "/?lang=de", { languages: "en" }],
    ["the address before the cookie", "de", "de", "/?lang=de", { visit: "token~en" }],
    ["the cookie before the browser", "de", "de", "/", { visit: "token~de", languages: "en" }],
    ["the browser", undefined, "de", "/", { languages: "tlh, de-AT;q=0.5" }],
    ["the default", undefined, "en", "/", { languages: "tlh" }],
    ["the default without a header", undefined, "en", "/", {}],
    ["the browser for an unknown choice", undefined, "de", "/?lang=tlh", { languages: "de" }],
    ["the browser for an empty choice", undefined, "de", "/?lang=", { languages: "de" }],
    ["the browser for a hostile choice", undefined, "de", "/?lang=%22%3E", { languages: "de" }],
    ["the browser for a property's name", undefined, "de", "/?lang=toString", { languages: "de" }],
    ["the browser for a cookie without one", undefined, "de", "/", {
      visit: "token",
      languages: "de",
    }],
    ["the browser for a hostile cookie", undefined, "de", "/", {
      visit: "token~<b>",
      languages: "de",
    }],
  ] as const
) {
  Deno.test(`a page is in the language of ${name}`, async () => {
    const { lang, texts } = await loadLanguage(request(path, options), PUBLIC_URL);

    assert.equal(readChosenLanguage(request(path, options), PUBLIC_URL), chosen);
    assert.equal(lang, page);
    assert.equal(texts, await LOCALES[page].load());
  });
}

for (
  const [path, languages, locale] of [
    ["/", "it-CH, de;q=0.5", "it"],
    ["/", "tlh", undefined],
    ["/?lang=de", "it", "de"],
    ["/?lang=en", "de, en-GB;q=0.5", "en-GB"],
    ["/?lang=tlh", "it", "it"],
  ] as const
) {
  Deno.test(`Jumio's pages are in ${locale} for ${path} and ${languages}`, () => {
    assert.equal(pickPersonLocale(request(path, { languages }), PUBLIC_URL), locale);
  });
}

Deno.test("addressOf() keeps the parameters of our own pages only, and has none for a form", () => {
  const path = "/jumio/verify?next=https://evil.example.com&token=a%22b&lang=de";

  assert.equal(addressOf(request(path), PUBLIC_URL), `${PAGE}?token=a%22b`);
  assert.equal(addressOf(request("/jumio/verify"), PUBLIC_URL), PAGE);
  assert.equal(addressOf(request(path, { method: "POST" }), PUBLIC_URL), undefined);
});

Deno.test("keepLanguage() adds the language to an address if it was chosen", async () => {
  const chosen = await loadLanguage(request("/?lang=de"), PUBLIC_URL);
  const found = await loadLanguage(request("/", { languages: "de" }), PUBLIC_URL);

  assert.equal(chosen.keepLanguage(PAGE), `${PAGE}?lang=de`);
  assert.equal(chosen.keepLanguage(`${PAGE}?token=x`), `${PAGE}?token=x&lang=de`);
  assert.equal(found.keepLanguage(PAGE), PAGE);
});

Deno.test("listLanguages() has the page in each language, and says which one is shown", () => {
  const choice = listLanguages(PAGE, { lang: "de", texts: de });
  const [english, german] = choice?.choices ?? [];

  assert.deepEqual(english, {
    tag: "en",
    name: "English",
    direction: "ltr",
    href: `${PAGE}?lang=en`,
    isCurrent: false,
  });
  assert.equal(german?.isCurrent, true);
  assert.equal(choice?.label, "Sprache");
  assert.equal(listLanguages(undefined, { lang: "de", texts: de }), undefined);
});

for (
  const [language, hours, text] of [
    ["en", 1, "1 hour"],
    ["en", 24, "24 hours"],
    ["de", 24, "24 Stunden"],
    ["fr", 24, "24 heures"],
    ["es", 24, "24 horas"],
    // Each is another plural category of Arabic: one, two, few, many, other.
    ["ar", 1, "ساعة"],
    ["ar", 2, "ساعتان"],
    ["ar", 3, "3 ساعات"],
    ["ar", 24, "24 ساعة"],
    ["ar", 100, "100 ساعة"],
  ] as const
) {
  Deno.test(`formatHours() says ${text} for ${hours} in ${language}`, () => {
    assert.equal(formatHours(hours, language), text.replace(" ", "\u00A0"));
  });
}
