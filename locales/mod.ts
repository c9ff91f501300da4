import { de } from "./de.ts";
import { en } from "./en.ts";
import type { Texts } from "./texts.ts";

/** The languages of the pages, by their tags. Another one is a file here, and its name below. */
export const LOCALES = { en, de } satisfies Record<string, Texts>;

/** A language of {@linkcode LOCALES}. */
export type Language = keyof typeof LOCALES;

/** The first one is for whoever understands none of them. */
export const LANGUAGES: readonly [Language, ...Language[]] = ["en", "de"];
