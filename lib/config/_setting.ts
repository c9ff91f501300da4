import * as z from "zod";
import { createSecret, type Secret } from "../crypto/secret.ts";
import { ConfigError } from "./error.ts";

/** If a setting holds several values, each has at least this many characters. */
const MIN_ROTATED_LENGTH = 16;

/** An environment: values by the names of settings. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Related settings. Each property has the name of its setting as `meta({ name })`. */
export type Section = z.ZodObject | z.ZodPipe<z.ZodObject>;

/** The names of the settings that a section is read from, by its properties. */
export function listNames(section: Section): Readonly<Record<string, string>> {
  const { shape } = section instanceof z.ZodObject ? section : section.in;
  return Object.fromEntries(
    Object.entries(shape).map(([property, field]) => [
      property,
      String(z.globalRegistry.get(field)?.["name"]),
    ]),
  );
}

/**
 * Parses all sections, so that all problems are found at once. An empty value counts as unset.
 *
 * @throws {ConfigError} With every problem; it names settings, never their values.
 */
export function parseSections<Shape extends Readonly<Record<string, Section>>>(
  sections: Shape,
  env: Environment,
): { readonly [Key in keyof Shape]: Readonly<Required<z.output<Shape[Key]>>> } {
  const problems: string[] = [];
  const parsed = Object.entries(sections).map(([key, section]) => {
    const names = listNames(section);
    const values = Object.fromEntries(
      Object.entries(names).map(([property, name]) => [property, env[name]?.trim() || undefined]),
    );
    const { data, error } = section.safeParse(values);
    for (const { path: [property], message } of error?.issues ?? []) {
      problems.push(`${names[String(property)]} ${message}`);
    }
    return [key, Object.freeze(data)];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(Object.fromEntries(parsed));
}

/** A value that must be set. Problems are worded to stand after the setting's name. */
export const text: z.ZodString = z.string("is missing");

/** A value that is sent in a header, alone or in Base64. */
export const headerText: z.ZodString = text.regex(
  /^[\x20-\x7e\xa0-\xff]*$/,
  "must be one line, of characters of Latin-1",
);

/** One of a few words. */
export function oneOf<const Value extends string>(
  values: readonly Value[],
): z.ZodEnum<{ [Key in Value]: Key }> {
  return z.enum(values, `must be one of ${values.join(", ")}`);
}

/** A number without a sign, a whole one by default. */
export function number(
  { min, max, isWhole = true }: { min: number; max: number; isWhole?: boolean },
): z.ZodType<number, string> {
  return text.transform((value) => /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN).refine(
    (value) => value >= min && value <= max && (!isWhole || Number.isInteger(value)),
    `must be a ${isWhole ? "whole " : ""}number from ${min} to ${max}`,
  );
}

/** A base address: http or https, without credentials, query and fragment. */
export const httpUrl: z.ZodType<URL, string> = text.transform((value, context) => {
  const url = URL.parse(value);
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  context.addIssue("must be an address that begins with https:// or http://");
  return z.NEVER;
}).refine(
  (url) => url.username + url.password + url.search + url.hash === "",
  "must have no user, password, query or fragment",
);

/** The entries of a list, without empty ones. */
export function list(separator: RegExp): z.ZodType<readonly string[], string> {
  return text.transform((value) =>
    value.split(separator).map((entry) => entry.trim()).filter((entry) => entry !== "")
  );
}

/** Values separated by spaces, newest first, so that a secret can be rotated. */
export const secrets: z.ZodType<readonly Secret[], string> = text
  .transform((value) => value.split(/\s+/).map(createSecret))
  .refine(
    (values) => values.length === 1 || haveLength(values, MIN_ROTATED_LENGTH),
    `holds several values separated by spaces, and one has under ${MIN_ROTATED_LENGTH} ` +
      "characters; a single secret must not contain a space",
  );

/** Whether each of the secrets has at least `length` characters. */
export function haveLength(values: readonly Secret[], length: number): boolean {
  return values.every((secret) => secret.reveal().length >= length);
}
