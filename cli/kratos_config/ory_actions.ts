// SPDX-License-Identifier: Apache-2.0
import { parse } from "yaml";
import * as z from "zod";

/** The placeholders in `ory-actions.yaml`. */
const PLACEHOLDERS = {
  serviceUrl: "https://jumio-bridge.example.com",
  secret: "CHANGE-ME-to-ORY_WEBHOOK_SECRET",
  templatesUrl: "file:///etc/kratos/jumio-bridge",
} as const;

const Hook = z.looseObject({
  hook: z.string(),
  config: z.optional(z.record(z.string(), z.unknown())),
});
const HookList = z.object({ hooks: z.array(Hook) });
const AfterFlow = z.object({
  after: z.object({ hooks: z.optional(z.array(Hook)) }).catchall(HookList),
});

/** Kratos's configuration of hooks, by flow. */
export const OryActions = z.object({
  selfservice: z.object({
    flows: z.object({ registration: AfterFlow, login: AfterFlow, recovery: AfterFlow }),
  }),
});

export type OryActions = z.output<typeof OryActions>;

/** One hook of {@linkcode OryActions}. */
export type OryHook = z.output<typeof Hook>;

/**
 * Reads `ory-actions.yaml` and replaces its placeholders. It replaces them in the parsed values, so
 * that no secret can break the syntax of the document.
 *
 * @throws {Error} If a placeholder is missing: then it is another file.
 */
export function readOryActions(
  text: string,
  values: { serviceUrl: string; secret: string; templatesUrl: string },
): OryActions {
  const replaced = new Set<string>();
  const replace = (value: string): string => {
    for (const name of ["serviceUrl", "secret", "templatesUrl"] as const) {
      if (!value.includes(PLACEHOLDERS[name])) continue;
      replaced.add(name);
      return value.replace(PLACEHOLDERS[name], () => values[name]);
    }
    return value;
  };
  // The detour through JSON copies lists that YAML anchors share.
  const actions = JSON.parse(
    JSON.stringify(parse(text)),
    (_key, value) => typeof value === "string" ? replace(value) : value,
  );
  const missing = Object.keys(PLACEHOLDERS).filter((name) => !replaced.has(name));
  if (missing.length > 0) {
    throw new Error(`Cannot find these placeholders in ory-actions.yaml: ${missing.join(", ")}`);
  }
  return OryActions.parse(actions);
}
