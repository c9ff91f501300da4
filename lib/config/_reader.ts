import { createSecret, type Secret } from "../crypto/secret.ts";

/** With several values in one setting, each part has at least this many characters. */
const MIN_ROTATED_LENGTH = 16;

/** Reads settings one by one and collects what is wrong with them. Says names, never values. */
export interface SettingReader {
  readonly problems: string[];
  text(name: string): string | undefined;
  required(name: string): string;
  oneOf<const Value extends string>(name: string, options: {
    of: readonly Value[];
    orElse: Value;
  }): Value;
  number(
    name: string,
    options: { orElse: number; min: number; max: number; whole?: boolean },
  ): number;
  list(name: string, separator: RegExp): string[];
  url(name: string): URL | undefined;
  /** Several values separated by spaces, newest first. */
  secrets(name: string): Secret[];
}

/** Creates a reader of an environment. An empty value counts as unset. */
export function createSettingReader(
  env: Readonly<Record<string, string | undefined>>,
): SettingReader {
  const problems: string[] = [];

  function text(name: string): string | undefined {
    const value = env[name]?.trim();
    return value === "" ? undefined : value;
  }

  return {
    problems,
    text,
    required(name) {
      const value = text(name);
      if (value === undefined) problems.push(`${name} is missing`);
      return value ?? "";
    },
    oneOf(name, { of, orElse }) {
      const value = text(name);
      const known = of.find((option) => option === value);
      if (value !== undefined && known === undefined) {
        problems.push(`${name} must be one of ${of.join(", ")}`);
      }
      return known ?? orElse;
    },
    number(name, { orElse, min, max, whole = true }) {
      const value = text(name);
      if (value === undefined) return orElse;
      const number = Number(value);
      const isGood = /^\d+(\.\d+)?$/.test(value) && number >= min && number <= max &&
        (!whole || Number.isInteger(number));
      if (!isGood) {
        problems.push(`${name} must be a ${whole ? "whole " : ""}number from ${min} to ${max}`);
      }
      return isGood ? number : orElse;
    },
    list(name, separator) {
      return (text(name) ?? "").split(separator).map((part) => part.trim()).filter((part) =>
        part !== ""
      );
    },
    url(name) {
      const value = text(name);
      if (value === undefined) return undefined;
      const url = URL.canParse(value) ? new URL(value) : undefined;
      if (url?.protocol !== "https:" && url?.protocol !== "http:") {
        problems.push(`${name} must be an address that begins with https:// or http://`);
        return undefined;
      }
      if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
        problems.push(`${name} must have no user, password, query or fragment`);
      }
      return url;
    },
    secrets(name) {
      const parts = (text(name) ?? "").split(/\s+/).filter((part) => part !== "");
      if (parts.length > 1 && parts.some((part) => part.length < MIN_ROTATED_LENGTH)) {
        problems.push(
          `${name} holds several values separated by spaces, and one has under ` +
            `${MIN_ROTATED_LENGTH} characters; a single secret may hold no space`,
        );
      }
      return parts.map(createSecret);
    },
  };
}
