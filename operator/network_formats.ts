import { type Edit, toPointer, toRecord } from "./edit.ts";
import { HOOK_PATHS } from "./hook_lists.ts";

/** What stands for the hook secret in all that is printed. */
export const SECRET_REFERENCE = "${ORY_WEBHOOK_SECRET}";

/** Where a project of Ory Network keeps what a kratos.yml holds. */
const PROJECT_PREFIX = "/services/identity/config";

/** An operation as the project API of Ory Network takes it. */
export interface Operation {
  readonly op: Edit["op"];
  readonly path: string;
  readonly value?: unknown;
}

/** The edits as a JSON Patch of a project. */
export function toJsonPatch(edits: readonly Edit[]): readonly Operation[] {
  return edits.map((edit) => ({
    op: edit.op,
    path: `${PROJECT_PREFIX}${toPointer(edit.path)}`,
    ...(edit.op === "remove" ? {} : { value: hideSecret(edit.value) }),
  }));
}

/** The edits as a script: one call of Ory's program, so that all of them come about or none. */
export function toShellScript(edits: readonly Edit[]): string {
  if (edits.length === 0) return "#!/bin/sh\n# Nothing to change\n";
  const flags = edits.map((edit) => {
    const path = toPointer(edit.path);
    if (edit.op === "remove") return `--remove ${quote(path)}`;
    return `--${edit.op} ${quote(`${path}=${JSON.stringify(hideSecret(edit.value))}`)}`;
  });
  return [
    "#!/bin/sh",
    "set -eu",
    "# The newest value: during a rotation the setting holds several.",
    'secret="${ORY_WEBHOOK_SECRET%% *}"',
    'ory patch identity-config --project "$ORY_PROJECT" --workspace "$ORY_WORKSPACE" \\',
    flags.map((flag) => `  ${flag}`).join(" \\\n"),
    "",
  ].join("\n");
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
