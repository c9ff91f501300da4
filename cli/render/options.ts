// SPDX-License-Identifier: Apache-2.0
import {
  BLOCKABLE_STATUSES,
  type BlockableStatus,
  parseBlockableStatuses,
} from "../../lib/config/config.ts";
import { readAddress } from "../frame/address.ts";
import { type Arguments, type Tools, UsageError } from "../frame/command.ts";
import { HOOK_PATHS, listWantedHooks, type WantedHook } from "../kratos_config/hook_lists.ts";
import { SECRET_REFERENCE } from "../kratos_config/network_formats.ts";
import { readOryActions } from "../kratos_config/ory_actions.ts";
import {
  type AskedStatus,
  inlineTemplate,
  setAskedStatuses,
  type TemplateName,
  type Templates,
} from "../kratos_config/templates.ts";
import type { WantedTokenizer } from "../kratos_config/tokenizer.ts";

const CONFIG_FORMATS = ["kratos", "json-patch", "ory-cli"] as const;

/** A format of the whole configuration. */
export type ConfigFormat = typeof CONFIG_FORMATS[number];

/** The formats that print only one template. */
const TEMPLATE_FORMATS: Readonly<Record<string, TemplateName>> = {
  "initiate.jsonnet": "initiate",
  "validate.jsonnet": "validate",
  "claims.jsonnet": "claims",
};

const ROOT = new URL("../../", import.meta.url);

/** Reads the value of `--format`. @throws {UsageError} */
export function readFormat(
  name: string,
): { format: ConfigFormat } | { format: string; template: TemplateName } {
  const format = CONFIG_FORMATS.find((known) => known === name);
  if (format !== undefined) return { format };
  const template = TEMPLATE_FORMATS[name];
  if (template !== undefined) return { format: name, template };
  const known = [...CONFIG_FORMATS, ...Object.keys(TEMPLATE_FORMATS)];
  throw new UsageError(`--format must be one of ${known.join(", ")}`);
}

/**
 * Reads the statuses of `--ask-only` or `--ask-all`; without both, every status but verified.
 *
 * @throws {UsageError} If a blocked status is missing: people with that status could then sign in.
 */
export function readAskedStatuses(
  args: Arguments,
  { env }: Pick<Tools, "env">,
): readonly AskedStatus[] {
  const names = args.list("ask-only");
  if (args.has("ask-all")) {
    if (names !== undefined) throw new UsageError("--ask-all and --ask-only exclude each other");
    return [...BLOCKABLE_STATUSES, "verified"];
  }
  if (names === undefined) return BLOCKABLE_STATUSES;
  const statuses = parseBlockableStatuses(names);
  if (statuses === undefined || statuses.length === 0) {
    throw new UsageError(`--ask-only must be a list of ${BLOCKABLE_STATUSES.join(", ")}`);
  }
  const blocked = readBlockedStatuses(env);
  const omitted = blocked.filter((status) => !statuses.includes(status));
  if (omitted.length > 0) {
    throw new UsageError(
      `--ask-only omits ${omitted.join(", ")}, which LOGIN_BLOCKED_STATUSES blocks: ` +
        "people with that status could sign in",
    );
  }
  return statuses;
}

/**
 * Reads the service's setting LOGIN_BLOCKED_STATUSES.
 *
 * @throws {UsageError} If the setting is wrong.
 */
export function readBlockedStatuses(env: Tools["env"]): readonly BlockableStatus[] {
  const names = (env["LOGIN_BLOCKED_STATUSES"] ?? "").split(",").map((name) => name.trim())
    .filter((name) => name !== "");
  const statuses = parseBlockableStatuses(names.length === 0 ? ["rejected"] : names);
  if (statuses === undefined) {
    throw new UsageError(
      `LOGIN_BLOCKED_STATUSES must be a list of ${BLOCKABLE_STATUSES.join(", ")}`,
    );
  }
  return statuses;
}

/** Reads the templates of this version. The sign-in template asks about these statuses. */
export async function readTemplates(
  asked: readonly AskedStatus[],
  { readFile }: Pick<Tools, "readFile">,
): Promise<Templates> {
  const read = (name: TemplateName) =>
    readFile(decodeURIComponent(new URL(`jsonnet/${name}.jsonnet`, ROOT).pathname));
  return {
    initiate: await read("initiate"),
    validate: setAskedStatuses(await read("validate"), asked),
    claims: await read("claims"),
  };
}

/** Our hooks for the methods, the address and the templates that the flags name. */
export async function readWantedHooks(
  args: Arguments,
  { tools, templates, format }: {
    tools: Pick<Tools, "env" | "readFile">;
    templates: Templates;
    format: ConfigFormat;
  },
): Promise<readonly WantedHook[]> {
  const templatesUrl = readTemplatesUrl(args, format);
  const hooks = await readAllHooks(
    { serviceUrl: readServiceUrl(args, tools), templatesUrl },
    tools,
  );
  const known = hooks.flatMap(({ method }) => method ?? []);
  const methods = args.list("methods");
  const unknown = methods?.filter((method) => !known.includes(method)) ?? [];
  if (unknown.length > 0 || methods?.length === 0) {
    throw new UsageError(`--methods must be a list of ${[...new Set(known)].join(", ")}`);
  }
  const wanted = hooks.filter(({ method }) =>
    method === undefined || (methods?.includes(method) ?? true)
  );
  return templatesUrl === undefined ? inlineTemplates(wanted, templates) : wanted;
}

/** Puts the templates into the hooks. */
export function inlineTemplates(
  hooks: readonly WantedHook[],
  templates: Templates,
): readonly WantedHook[] {
  return hooks.map((place) => {
    const body = inlineTemplate(templates[templateOf(place)]);
    return { ...place, hook: { ...place.hook, config: { ...place.hook.config, body } } };
  });
}

/** Reads `--tokenizer`. Undefined without it. @throws {UsageError} */
export function readWantedTokenizer(
  args: Arguments,
  { templates, format }: { templates: Templates; format: ConfigFormat },
): WantedTokenizer | undefined {
  const name = args.text("tokenizer");
  if (name === undefined) return undefined;
  // Kratos reads a dot as the way into a map.
  if (!/^[a-z][a-z0-9_-]*$/i.test(name)) {
    throw new UsageError("--tokenizer must be a name of letters, digits, - and _, such as jumio");
  }
  const templatesUrl = readTemplatesUrl(args, format);
  return {
    name,
    mapper: templatesUrl === undefined
      ? inlineTemplate(templates.claims)
      : `${templatesUrl}/claims.jsonnet`,
  };
}

function readTemplatesUrl(args: Arguments, format: ConfigFormat): string | undefined {
  const templatesUrl = args.text("templates")?.replace(/\/+$/, "");
  if (templatesUrl !== undefined && format !== "kratos") {
    throw new UsageError("Ory Network accepts only inlined templates: omit --templates");
  }
  if (templatesUrl !== undefined && !/^(file|https?):\/\//.test(templatesUrl)) {
    throw new UsageError("--templates must be the URL of a folder, such as file:///etc/kratos");
  }
  return templatesUrl;
}

/** Reads every hook of `ory-actions.yaml`, with the reference in place of the secret. */
export async function readAllHooks(
  { serviceUrl, templatesUrl }: { serviceUrl: string; templatesUrl?: string | undefined },
  { readFile }: Pick<Tools, "readFile">,
): Promise<readonly WantedHook[]> {
  const text = await readFile(decodeURIComponent(new URL("ory-actions.yaml", ROOT).pathname));
  return listWantedHooks(readOryActions(text, {
    serviceUrl,
    secret: SECRET_REFERENCE,
    templatesUrl: templatesUrl ?? "file:///inlined",
  }));
}

function readServiceUrl(args: Arguments, { env }: Pick<Tools, "env">): string {
  const url = readAddress([
    { name: "--url", text: args.text("url") },
    { name: "PUBLIC_URL", text: env["PUBLIC_URL"] },
  ]);
  if (url === undefined) {
    throw new UsageError("Set PUBLIC_URL to the address of the service, or use --url URL");
  }
  return url.href.replace(/\/+$/, "");
}

export function templateOf({ flow }: WantedHook): "initiate" | "validate" {
  return HOOK_PATHS[flow] === "/jumio/initiate" ? "initiate" : "validate";
}
