// SPDX-License-Identifier: Apache-2.0
import type * as z from "zod";
import { ConfigError } from "./error.ts";

/** An environment: values by the names of settings. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Related settings by their names, and what the service gets of them. */
export type Section = z.ZodObject | z.ZodPipe<z.ZodObject>;

/** The names of the settings of a section. */
export function listNames(section: Section): readonly string[] {
  return Object.keys("shape" in section ? section.shape : section.in.shape);
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
    const values = listNames(section).map((name) => [name, env[name]?.trim() || undefined]);
    // Without `jitless`, Zod makes functions of schemas that are used once.
    const { data, error } = section.safeParse(Object.fromEntries(values), { jitless: true });
    for (const { path, message } of error?.issues ?? []) {
      problems.push(`${String(path[0])} ${message}`);
    }
    return [key, Object.freeze(data)];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(Object.fromEntries(parsed));
}
