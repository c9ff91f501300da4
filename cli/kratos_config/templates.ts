import { BLOCKABLE_STATUSES, type BlockableStatus } from "../../lib/config/config.ts";
import type { Tools } from "../frame/command.ts";

/** The templates in `jsonnet/`. */
export type TemplateName = "initiate" | "validate" | "claims";

/** The text of each template, with `--ask-only` or `--ask-all` applied. */
export type Templates = Readonly<Record<TemplateName, string>>;

/** A status about which the validate template may ask the service. */
export type AskedStatus = BlockableStatus | "verified";

/** Larger texts are not templates: Kratos gives at most 64 KiB to its Jsonnet. */
const MAX_BYTES = 64 * 1024;

const FETCH_TIMEOUT_MS = 10_000;

/** The line of `validate.jsonnet` that `--ask-only` and `--ask-all` replace. */
const ASKED_BY_DEFAULT = toLine(BLOCKABLE_STATUSES);

const ASKED = /^local asked = \[((?:'[a-z]+'(?:, )?)*)\];$/m;

/** Changes the validate template to ask the service about these statuses and no others. */
export function setAskedStatuses(template: string, statuses: readonly AskedStatus[]): string {
  if (template.split(ASKED_BY_DEFAULT).length !== 2) {
    throw new Error(`Cannot find exactly one "${ASKED_BY_DEFAULT}" in validate.jsonnet`);
  }
  return template.replace(ASKED_BY_DEFAULT, toLine(statuses));
}

/** Whether a validate template is ours, and the statuses that it asks about. */
export function readAskedStatuses(
  template: string,
  ours: string,
): { isOurs: boolean; asked: readonly string[] } {
  const [line, list = ""] = ASKED.exec(template) ?? [];
  const withDefault = line === undefined ? template : template.replace(line, ASKED_BY_DEFAULT);
  return {
    isOurs: isSameTemplate(withDefault, ours),
    asked: list.split(", ").map((quoted) => quoted.slice(1, -1)).filter((name) => name !== ""),
  };
}

function toLine(statuses: readonly AskedStatus[]): string {
  return `local asked = [${statuses.map((status) => `'${status}'`).join(", ")}];`;
}

/** Whether two templates are equal apart from comments, indentation and line ends. */
export function isSameTemplate(one: string, other: string): boolean {
  return strip(one) === strip(other);
}

function strip(template: string): string {
  return template.split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("//"))
    .join("\n");
}

/** Encodes a template for the `body` of a hook, or for the address of a claims mapper. */
export function inlineTemplate(template: string): string {
  return `base64://${new TextEncoder().encode(template).toBase64()}`;
}

/**
 * Reads the template of a hook's `body`: inlined, in a file, or at an address, which is where Ory
 * Network stores templates. Undefined if it cannot be read from this machine.
 */
export async function readTemplate(
  uri: string,
  { fetch, readFile }: Pick<Tools, "fetch" | "readFile">,
): Promise<string | undefined> {
  try {
    if (uri.startsWith("base64://")) {
      return new TextDecoder().decode(Uint8Array.fromBase64(uri.slice("base64://".length)));
    }
    if (/^https?:/.test(uri)) {
      const signal = AbortSignal.timeout(FETCH_TIMEOUT_MS);
      const response = await fetch(uri, { signal });
      const text = await response.text();
      return response.ok && text.length <= MAX_BYTES ? text : undefined;
    }
    return await readFile(uri.startsWith("file://") ? decodeURIComponent(uri.slice(7)) : uri);
  } catch {
    // For example a file that exists only on Kratos's machine. The caller decides what that means.
    return undefined;
  }
}
