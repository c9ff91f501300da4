// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { en } from "./en.ts";
import { type Language, LANGUAGES, LOCALES } from "./mod.ts";

/** All strings below a value, with where they are. */
function flatten(value: unknown, path = ""): [path: string, text: string][] {
  if (typeof value === "string") return [[path, value]];
  return Object.entries(Object(value)).flatMap(([key, part]) => flatten(part, `${path}.${key}`));
}

const ENGLISH = flatten(en);

/** What must not be in a text, by what is wrong with it. */
type Mistakes = Readonly<Record<string, RegExp>>;

const EVERYWHERE: Mistakes = {
  "three dots instead of an ellipsis": /\.\./,
  "a typewriter's apostrophe or quotation mark": /['"`]/,
  "a hyphen instead of a dash": /\s-\s|--/,
  "spaces at an end, or two in a row": /^\s|\s$|\s\s/,
  "a line break": /[\n\r\t]/,
  "markup": /[<>&]/,
  "no mark after the last sentence": /[.?؟] .*[^.?؟:…\u2069]$/,
};

const NO_SPACE_BEFORE: Mistakes = { "a space before a mark": /\s[.,:;!?…]/ };

const MISTAKES: Readonly<Record<Language, Mistakes>> = {
  en: NO_SPACE_BEFORE,
  de: {
    "a space before a mark": /\s[.,:;!?]/,
    "no space before an ellipsis": /\S…/,
    "familiar address": /\b(?:du|dich|dir|deine?[mnrs]?|euch|eure?[mnrs]?)\b/i,
  },
  fr: {
    "no narrow space before a double mark": /[^\u202F][:;!?»]/,
    "no narrow space after an opening quotation mark": /«[^\u202F]/,
    "a space before a simple mark": /\s[.,…]/,
    "an ordinary no-break space": /\u00A0/,
    "foreign quotation marks": /[“”„]/,
    "familiar address": /\b(?:tu|toi|ton|ta|tes)\b/i,
    "an elision that depends on the brand": /\b(?:d|l)’\{brand\}|\b(?:de|du) \{brand\}/i,
  },
  es: {
    ...NO_SPACE_BEFORE,
    "a question without both marks": /^[^¿]*\?|¿[^?]*$/,
    "an exclamation without both marks": /^[^¡]*!|¡[^!]*$/,
    "familiar address": /\b(?:tú|tu|tus|te|ti|contigo|vosotros|vuestr[ao]s?)\b/i,
  },
  ar: {
    "a mark of Latin writing": /[,;?]/,
    "a space before a mark": /\s[.:!…،؛؟]/,
    "Latin letters that are not isolated": /(?:^|\u2069)[^\u2068]*[A-Za-z{]/,
    "an isolate that is not closed, or twice":
      /\u2068[^\u2069]*(?:\u2068|$)|(?:^|\u2069)[^\u2068]*\u2069/,
    "a lengthened letter": /\u0640/,
    "digits of another writing": /[٠-٩۰-۹]/,
    "a tanwin after its alif": /\u0627\u064B/,
  },
};

const withoutHours = (text: string) => text.replaceAll("{hours}", "24");

const placeholdersOf = (text: string) => (text.match(/\{[^}]*\}/g) ?? []).sort();

for (const language of LANGUAGES) {
  Deno.test(`the texts in ${language} are as complete as the English ones, with the same placeholders`, async () => {
    const found = flatten(await LOCALES[language].load());

    assert.deepEqual(found.map(([path]) => path), ENGLISH.map(([path]) => path));
    for (const [index, [path, text]] of found.entries()) {
      assert.notEqual(text.trim(), "", path);
      assert.deepEqual(placeholdersOf(text), placeholdersOf(ENGLISH[index]?.[1] ?? ""), path);
    }
  });

  Deno.test(`the texts in ${language} name only who checks`, async () => {
    for (const [path, text] of flatten(await LOCALES[language].load())) {
      const named = text.match(/jumio(?:\.ai)?|kratos|ory\b|workflow|token/gi) ?? [];
      assert.deepEqual(named, path === ".steps.check" ? ["Jumio", "jumio.ai"] : [], path);
    }
  });

  Deno.test(`the texts in ${language} follow the rules of its typography`, async () => {
    for (const [path, text] of flatten(await LOCALES[language].load())) {
      for (const [mistake, pattern] of Object.entries({ ...EVERYWHERE, ...MISTAKES[language] })) {
        assert.doesNotMatch(withoutHours(text), pattern, `${path} has ${mistake}`);
      }
    }
  });

  if (language === LANGUAGES[0]) continue;

  Deno.test(`no text in ${language} was left in English`, async () => {
    const found = flatten(await LOCALES[language].load());

    const same = found.filter(([, text], index) => text === ENGLISH[index]?.[1]);

    assert.deepEqual(same, []);
  });
}

for (
  const [language, mistake, text] of [
    ["en", "three dots instead of an ellipsis", "One moment..."],
    ["en", "a typewriter's apostrophe or quotation mark", "It's here."],
    ["en", "a space before a mark", "Ready ?"],
    ["en", "no mark after the last sentence", "Thank you. You can close this page"],
    ["de", "no space before an ellipsis", "Einen Moment…"],
    ["de", "familiar address", "Öffne deinen Link."],
    ["fr", "no narrow space before a double mark", "Terminé ?"],
    ["fr", "no narrow space before a double mark", "Votre lien:"],
    ["fr", "no narrow space after an opening quotation mark", "« lien\u202F»"],
    ["fr", "familiar address", "Ouvre ton lien."],
    ["fr", "an elision that depends on the brand", "le site de {brand}"],
    ["es", "a question without both marks", "Ya terminó?"],
    ["es", "familiar address", "Abre tu enlace."],
    ["ar", "a mark of Latin writing", "نعم, لا"],
    ["ar", "Latin letters that are not isolated", "شريكنا Jumio"],
    ["ar", "Latin letters that are not isolated", "إلى \u2068{brand}\u2069 أو {brand}"],
    ["ar", "an isolate that is not closed, or twice", "إلى \u2068{brand}"],
    ["ar", "digits of another writing", "٢٤ ساعة"],
  ] as const
) {
  Deno.test(`the rules for ${language} find ${mistake} in ${text}`, () => {
    const mistakes: Mistakes = { ...EVERYWHERE, ...MISTAKES[language] };

    assert.match(text, mistakes[mistake] ?? /^$/);
  });
}
