// SPDX-License-Identifier: Apache-2.0
import { type Edit, isWithin, toPointer, toRecord } from "./edit.ts";
import { HOOK_PATHS } from "./hook_lists.ts";
import { JWKS_REFERENCE } from "./tokenizer.ts";

/** Replaces the hook secret in everything that is printed. */
export const SECRET_REFERENCE = "${ORY_WEBHOOK_SECRET}";

/** The place of the Kratos configuration in a project of Ory Network. */
const PROJECT_PREFIX = "/services/identity/config";

/** The order in which the Ory CLI sends its flags. */
const FLAG_ORDER: readonly Edit["op"][] = ["add", "replace", "remove"];

/** An operation of JSON Patch (RFC 6902) for the project API of Ory Network. */
export interface PatchOperation {
  readonly op: Edit["op"];
  readonly path: string;
  readonly value?: unknown;
}

/** Formats the edits as a JSON Patch of a project. */
export function toJsonPatch(edits: readonly Edit[]): readonly PatchOperation[] {
  return edits.map((edit) => ({
    op: edit.op,
    path: `${PROJECT_PREFIX}${toPointer(edit.path)}`,
    ...(edit.op === "remove" ? {} : { value: hideSecret(edit.value) }),
  }));
}

/** Formats the edits as a script with one call of the Ory CLI, or several if order matters. */
export function toShellScript(edits: readonly Edit[]): string {
  if (edits.length === 0) return "#!/bin/sh\n# Nothing to change\n";
  return [
    "#!/bin/sh",
    "set -eu",
    "# The first value is the newest: during a rotation there are several.",
    'secret="${ORY_WEBHOOK_SECRET%% *}"',
    ...splitIntoCalls(edits).flatMap((call) => [
      'ory patch identity-config --project "$ORY_PROJECT" --workspace "$ORY_WORKSPACE" \\',
      call.map((edit) => `  ${toFlag(edit)}`).join(" \\\n"),
    ]),
    "",
  ].join("\n");
}

/**
 * Splits edits into calls of the Ory CLI that keep their effect. In one call, the CLI sends all
 * additions first, then replacements, then removals, whatever the order of the flags. An edit that
 * this would move before an edit of the same list goes into a later call.
 */
export function splitIntoCalls(edits: readonly Edit[]): readonly (readonly Edit[])[] {
  const rank = ({ op }: Edit) => FLAG_ORDER.indexOf(op);
  const placed: { edit: Edit; call: number }[] = [];
  for (const edit of edits) {
    const earliest = placed.filter((other) => isOrderDependent(other.edit, edit)).map((other) =>
      other.call + (rank(other.edit) > rank(edit) ? 1 : 0)
    );
    placed.push({ edit, call: Math.max(0, ...earliest) });
  }
  const calls = Map.groupBy(placed, ({ call }) => call);
  return [...calls].sort(([one], [other]) => one - other)
    .map(([, ofCall]) => ofCall.map(({ edit }) => edit));
}

/** Whether the order of two edits matters. An edit that shifts a list affects the whole list. */
function isOrderDependent(one: Edit, other: Edit): boolean {
  const scope = ({ path }: Edit) => typeof path.at(-1) === "number" ? path.slice(0, -1) : path;
  return isWithin(other.path, scope(one)) || isWithin(one.path, scope(other));
}

function toFlag(edit: Edit): string {
  const path = toPointer(edit.path);
  if (edit.op === "remove") return `--remove ${quote(path)}`;
  return `--${edit.op} ${quote(`${path}=${JSON.stringify(hideSecret(edit.value))}`)}`;
}

/** Quotes a text for the shell. The references become variables of the script. */
function quote(text: string): string {
  const quoted = `'${text.replaceAll("'", `'\\''`)}'`;
  return quoted.replaceAll(SECRET_REFERENCE, `'"$secret"'`)
    .replaceAll(JWKS_REFERENCE, `'"$TOKENIZER_JWKS_URL"'`);
}

/** Replaces the secret in our hooks by the reference. A hook that is moved contains it. */
function hideSecret(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, part) => {
    const config = toRecord(toRecord(part)?.["config"]);
    const url = config?.["url"];
    const auth = toRecord(config?.["auth"]);
    const inner = toRecord(auth?.["config"]);
    if (config === undefined || auth === undefined || inner?.["value"] === undefined) return part;
    const isOurs = Object.values(HOOK_PATHS).some((path) => String(url).endsWith(path));
    if (!isOurs) return part;
    const hidden = { ...auth, config: { ...inner, value: SECRET_REFERENCE } };
    return { ...part, config: { ...config, auth: hidden } };
  });
}
