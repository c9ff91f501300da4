// SPDX-License-Identifier: Apache-2.0
import type { Texts } from "./texts.ts";

/** A language that people can choose. */
export interface Locale {
  /** What the language calls itself. */
  readonly name: string;
  readonly direction: "ltr" | "rtl";
  /** Loads the texts. Nothing of a language is evaluated before the first call. */
  readonly load: () => Promise<Texts>;
}

/**
 * The languages of pages and refusals, by their tags. The first one is the default.
 *
 * Each import names its file in full: only then is the file part of the program, which may load it
 * without the permission to read it.
 */
export const LOCALES = {
  en: {
    name: "English",
    direction: "ltr",
    load: () => import("./en.ts").then((module) => module.en),
  },
  de: {
    name: "Deutsch",
    direction: "ltr",
    load: () => import("./de.ts").then((module) => module.de),
  },
  fr: {
    name: "Français",
    direction: "ltr",
    load: () => import("./fr.ts").then((module) => module.fr),
  },
  es: {
    name: "Español",
    direction: "ltr",
    load: () => import("./es.ts").then((module) => module.es),
  },
  ar: {
    name: "العربية",
    direction: "rtl",
    load: () => import("./ar.ts").then((module) => module.ar),
  },
} satisfies Record<string, Locale>;

export type Language = keyof typeof LOCALES;

/** In the order in which pages offer them. */
export const LANGUAGES: readonly [Language, ...Language[]] = ["en", "de", "fr", "es", "ar"];
