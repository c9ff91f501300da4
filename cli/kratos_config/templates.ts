// SPDX-License-Identifier: Apache-2.0
import { BLOCKABLE_STATUSES, type BlockableStatus } from "../../lib/config/config.ts";
import { MissingFileError, type Tools, UsageError } from "../frame/command.ts";

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

/** A template that was read, or why not. `why` begins a sentence. */
export type TemplateAnswer =
  | { readonly ok: true; readonly text: string }
  | {
    readonly ok: false;
    /**
     * `missing`: Kratos does not find it. `broken`: Kratos cannot decode it. `unknown`: it is out of
     * reach from this machine, and perhaps not from Kratos's.
     */
    readonly reason: "missing" | "broken" | "unknown";
    readonly why: string;
  };

/**
 * Reads the template at an address as Kratos does: inlined, in a file, or at a web address, which is
 * where Ory Network stores templates.
 */
export async function readTemplate(
  uri: string,
  { fetch, readFile }: Pick<Tools, "fetch" | "readFile">,
): Promise<TemplateAnswer> {
  if (uri.startsWith("base64://")) return decodeInlined(uri.slice("base64://".length));
  if (/^https?:/.test(uri)) return await fetchTemplate(uri, { fetch });
  try {
    // Kratos does not decode %20 and the like in a path.
    return checkLength(await readFile(uri.replace(/^file:\/\//, "")));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error instanceof MissingFileError
      ? { ok: false, reason: "missing", why: "There is no such file on this machine" }
      : { ok: false, reason: "unknown", why: "Cannot read it on this machine" };
  }
}

/** Decodes as Go's `base64.StdEncoding`, which Kratos uses: padded, and no spaces. */
function decodeInlined(encoded: string): TemplateAnswer {
  const text = encoded.replace(/[\r\n]/g, "");
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return { ok: false, reason: "broken", why: "It is not valid base64" };
  }
  return checkLength(new TextDecoder().decode(Uint8Array.fromBase64(text)));
}

async function fetchTemplate(
  uri: string,
  { fetch }: Pick<Tools, "fetch">,
): Promise<TemplateAnswer> {
  try {
    const response = await fetch(uri, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    const text = await response.text();
    if (response.status === 200) return checkLength(text);
    return { ok: false, reason: "missing", why: `It is answered with ${response.status}` };
  } catch {
    // Whatever went wrong here need not go wrong where Kratos is.
    return { ok: false, reason: "unknown", why: "Cannot fetch it from this machine" };
  }
}

function checkLength(text: string): TemplateAnswer {
  return text.length <= MAX_BYTES
    ? { ok: true, text }
    : { ok: false, reason: "broken", why: "It is longer than 64 KiB" };
}
