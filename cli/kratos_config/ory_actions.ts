import { parse } from "yaml";
import * as z from "zod";

/** What stands in `ory-actions.yaml` for the reader's own values. */
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

/** Hooks as Kratos is configured with them, by flow. */
export const OryActions = z.object({
  selfservice: z.object({
    flows: z.object({ registration: AfterFlow, login: AfterFlow, recovery: AfterFlow }),
  }),
});

/** The parsed content of `ory-actions.yaml`. */
export type OryActions = z.output<typeof OryActions>;

/** One hook of {@linkcode OryActions}. */
export type OryHook = z.output<typeof Hook>;

/**
 * Reads `ory-actions.yaml` with the placeholders replaced, in values and not in text, so that no
 * secret can break the document.
 *
 * @throws {Error} Where a placeholder does not occur: the file is not ours then.
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
  // A value at a time, and each list on its own: YAML's anchors would share one.
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
