import { type Edit, isWithin, toPointer, toRecord } from "./edit.ts";
import { HOOK_PATHS } from "./hook_lists.ts";

/** What stands for the hook secret in all that is printed. */
export const SECRET_REFERENCE = "${ORY_WEBHOOK_SECRET}";

/** Where a project of Ory Network keeps what a kratos.yml holds. */
const PROJECT_PREFIX = "/services/identity/config";

/** The order in which Ory's program sends its flags. */
const FLAG_ORDER: readonly Edit["op"][] = ["add", "replace", "remove"];

/** An operation as the project API of Ory Network takes it. */
export interface PatchOperation {
  readonly op: Edit["op"];
  readonly path: string;
  readonly value?: unknown;
}

/** The edits as a JSON Patch of a project. */
export function toJsonPatch(edits: readonly Edit[]): readonly PatchOperation[] {
  return edits.map((edit) => ({
    op: edit.op,
    path: `${PROJECT_PREFIX}${toPointer(edit.path)}`,
    ...(edit.op === "remove" ? {} : { value: hideSecret(edit.value) }),
  }));
}

/** The edits as a script: one call of Ory's program, or where their order matters a few. */
export function toShellScript(edits: readonly Edit[]): string {
  if (edits.length === 0) return "#!/bin/sh\n# Nothing to change\n";
  return [
    "#!/bin/sh",
    "set -eu",
    "# The newest value: during a rotation the setting holds several.",
    'secret="${ORY_WEBHOOK_SECRET%% *}"',
    ...toCalls(edits).flatMap((call) => [
      'ory patch identity-config --project "$ORY_PROJECT" --workspace "$ORY_WORKSPACE" \\',
      call.map((edit) => `  ${toFlag(edit)}`).join(" \\\n"),
    ]),
    "",
  ].join("\n");
}

/**
 * Ory's program sends what it adds first, then what it replaces, then what it removes, whatever the
 * order of its flags. Edits of one list that would be turned round by that go into later calls.
 */
export function toCalls(edits: readonly Edit[]): readonly (readonly Edit[])[] {
  const rank = ({ op }: Edit) => FLAG_ORDER.indexOf(op);
  const placed: { edit: Edit; call: number }[] = [];
  for (const edit of edits) {
    const earliest = placed.filter((other) => isBound(other.edit, edit)).map((other) =>
      other.call + (rank(other.edit) > rank(edit) ? 1 : 0)
    );
    placed.push({ edit, call: Math.max(0, ...earliest) });
  }
  const calls = Map.groupBy(placed, ({ call }) => call);
  return [...calls].sort(([one], [other]) => one - other)
    .map(([, ofCall]) => ofCall.map(({ edit }) => edit));
}

/** Whether two edits mean something else in another order: what shifts a list binds all of it. */
function isBound(one: Edit, other: Edit): boolean {
  const scope = ({ path }: Edit) => typeof path.at(-1) === "number" ? path.slice(0, -1) : path;
  return isWithin(other.path, scope(one)) || isWithin(one.path, scope(other));
}

function toFlag(edit: Edit): string {
  const path = toPointer(edit.path);
  if (edit.op === "remove") return `--remove ${quote(path)}`;
  return `--${edit.op} ${quote(`${path}=${JSON.stringify(hideSecret(edit.value))}`)}`;
}

/** For the shell, with its own variable where the reference stands. */
function quote(text: string): string {
  const quoted = `'${text.replaceAll("'", `'\\''`)}'`;
  return quoted.replaceAll(SECRET_REFERENCE, `'"$secret"'`);
}

/** A hook of ours that is moved brings its secret along: here it becomes a reference again. */
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
