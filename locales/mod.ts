import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Texts } from "./texts.ts";

/** The languages of pages and refusals, by their tags. For another one, add a file here and its tag below. */
export const LOCALES = { en, de } satisfies Record<string, Texts>;

export type Language = keyof typeof LOCALES;

/** The first one is the default. */
export const LANGUAGES: readonly [Language, ...Language[]] = ["en", "de"];
