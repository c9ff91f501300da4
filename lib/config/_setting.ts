// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import { createSecret, type Secret } from "../crypto/secret.ts";

/** If a setting holds several values, each has at least this many characters. */
const MIN_ROTATED_LENGTH = 16;

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

/** A value as `convert` returns it. Undefined is a problem, with this message. */
export function converted<Value>(
  convert: (value: string) => Value | undefined,
  problem: string,
): z.ZodType<Value, string> {
  return text.transform((value, context) => {
    const result = convert(value);
    if (result !== undefined) return result;
    context.addIssue(problem);
    return z.NEVER;
  });
}

/** A base address: http or https, without credentials, query and fragment. */
export const httpUrl: z.ZodType<URL, string> = converted(
  (value) => {
    const url = URL.parse(value);
    return url?.protocol === "https:" || url?.protocol === "http:" ? url : undefined;
  },
  "must be an address that begins with https:// or http://",
).refine(
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
