import {
  BLOCKABLE_STATUSES,
  type BlockableStatus,
  parseBlockableStatuses,
} from "../../lib/config/config.ts";
import { type Arguments, type Tools, UsageError } from "../frame/command.ts";
import { HOOK_PATHS, listWantedHooks, type WantedHook } from "../kratos_config/hook_lists.ts";
import { SECRET_REFERENCE } from "../kratos_config/network_formats.ts";
import { readOryActions } from "../kratos_config/ory_actions.ts";
import {
  inlineTemplate,
  setAskOnly,
  type TemplateName,
  type Templates,
} from "../kratos_config/templates.ts";

const FORMATS = [
  "kratos",
  "json-patch",
  "ory-cli",
  "initiate.jsonnet",
  "validate.jsonnet",
] as const;

/** What can be rendered. */
export type Format = typeof FORMATS[number];

const ROOT = new URL("../../", import.meta.url);

/** What `--format` says. @throws {UsageError} */
export function readFormat(name: string): Format {
  const format = FORMATS.find((known) => known === name);
  if (format === undefined) throw new UsageError(`--format must be one of ${FORMATS.join(", ")}`);
  return format;
}

/**
 * What `--ask-only` says; undefined without it.
 *
 * @throws {UsageError} Where it leaves out a blocked status, whose people would then be let in.
 */
export function readStatuses(
  args: Arguments,
  { env }: Tools,
): readonly BlockableStatus[] | undefined {
  const names = args.list("ask-only");
  if (names === undefined) return undefined;
  const statuses = parseBlockableStatuses(names);
  if (statuses === undefined || statuses.length === 0) {
    throw new UsageError(`--ask-only may list ${BLOCKABLE_STATUSES.join(", ")}`);
  }
  const blocked = readBlockedStatuses(env);
  const forgotten = blocked.filter((status) => !statuses.includes(status));
  if (forgotten.length > 0) {
    throw new UsageError(
      `--ask-only leaves out ${forgotten.join(", ")}, which LOGIN_BLOCKED_STATUSES blocks: ` +
        "those people would be let in",
    );
  }
  return statuses;
}

/**
 * The statuses that the service refuses, by its own setting.
 *
 * @throws {UsageError} Where the setting is wrong.
 */
export function readBlockedStatuses(env: Tools["env"]): readonly BlockableStatus[] {
  const names = (env["LOGIN_BLOCKED_STATUSES"] ?? "").split(",").map((name) => name.trim())
    .filter((name) => name !== "");
  const statuses = parseBlockableStatuses(names.length === 0 ? ["rejected"] : names);
  if (statuses === undefined) {
    throw new UsageError(`LOGIN_BLOCKED_STATUSES may list ${BLOCKABLE_STATUSES.join(", ")}`);
  }
  return statuses;
}

/** The templates as this version has them. */
export async function readTemplates(
  askOnly: readonly BlockableStatus[] | undefined,
  { readFile }: Pick<Tools, "readFile">,
): Promise<Templates> {
  const read = (name: TemplateName) =>
    readFile(decodeURIComponent(new URL(`jsonnet/${name}.jsonnet`, ROOT).pathname));
  return {
    initiate: await read("initiate"),
    validate: setAskOnly(await read("validate"), askOnly),
  };
}

/** Our hooks for the methods, the address and the templates that were named. */
export async function readWantedHooks(
  args: Arguments,
  { tools, templates, format }: { tools: Tools; templates: Templates; format: Format },
): Promise<readonly WantedHook[]> {
  const templatesUrl = args.text("templates")?.replace(/\/+$/, "");
  if (templatesUrl !== undefined && format !== "kratos") {
    throw new UsageError("Ory Network takes inlined templates only: leave out --templates");
  }
  if (templatesUrl !== undefined && !/^(file|https?):\/\//.test(templatesUrl)) {
    throw new UsageError("--templates must be the address of a folder, such as file:///etc/kratos");
  }
  const places = await readPlaces({ serviceUrl: readServiceUrl(args, tools), templatesUrl }, tools);
  const known = places.flatMap(({ method }) => method ?? []);
  const methods = args.list("methods");
  const unknown = methods?.filter((method) => !known.includes(method)) ?? [];
  if (unknown.length > 0 || methods?.length === 0) {
    throw new UsageError(`--methods may list ${[...new Set(known)].join(", ")}`);
  }
  const wanted = places.filter(({ method }) =>
    method === undefined || (methods?.includes(method) ?? true)
  );
  if (templatesUrl !== undefined) return wanted;
  return wanted.map((place) => {
    const body = inlineTemplate(templates[templateOf(place)]);
    return { ...place, hook: { ...place.hook, config: { ...place.hook.config, body } } };
  });
}

/** Every place of `ory-actions.yaml`, with the secret as a reference. */
export async function readPlaces(
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

function readServiceUrl(args: Arguments, { env }: Tools): string {
  const given = args.text("url") ?? env["PUBLIC_URL"];
  if (given === undefined || given === "") {
    throw new UsageError("Set PUBLIC_URL, or name the address of the service by --url");
  }
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (
    url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "" ||
    url.username !== "" || url.password !== ""
  ) {
    throw new UsageError(
      "The address of the service must begin with https:// or http://, and have no user, " +
        "password, query or fragment",
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** The template of a hook. */
export function templateOf({ flow }: WantedHook): TemplateName {
  return HOOK_PATHS[flow] === "/jumio/initiate" ? "initiate" : "validate";
}
