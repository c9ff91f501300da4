// SPDX-License-Identifier: Apache-2.0
import { addWithParents, type Edit, type Path, readPath, toRecord } from "./edit.ts";
import type { IsSameBody, MergePlan } from "./merge.ts";

/** In place of the address of the key set in everything that is printed: it has private keys. */
export const JWKS_REFERENCE = "${TOKENIZER_JWKS_URL}";

/** How long a token of a new template lives. A claim in it can be as old. */
const TTL = "1m";

/** A template of Kratos's session tokenizer, which turns a session into a JWT. */
export interface WantedTokenizer {
  readonly name: string;
  /** The address of the claims mapper. */
  readonly mapper: string;
}

/** The path of the templates of the tokenizer. */
export const TOKENIZER_TEMPLATES: Path = ["session", "whoami", "tokenizer", "templates"];

/** The path of a template of the tokenizer. */
export function tokenizerPath(name: string): Path {
  return [...TOKENIZER_TEMPLATES, name];
}

/** A whole template with our claims mapper. */
export function createTokenizer({ mapper }: WantedTokenizer): Readonly<Record<string, unknown>> {
  return { "claims_mapper_url": mapper, "jwks_url": JWKS_REFERENCE, "ttl": TTL };
}

/**
 * Plans the edits that put our claims mapper into a configuration. The key set and the lifetime of
 * an existing template stay, and so does a mapper that is not ours: it may have claims that others
 * need.
 */
export function planTokenizer(
  config: unknown,
  { tokenizer, isSameBody }: { tokenizer: WantedTokenizer; isSameBody: IsSameBody },
): MergePlan {
  const path = tokenizerPath(tokenizer.name);
  const existing = toRecord(readPath(config, path));
  if (existing === undefined) {
    return { edits: [addWithParents(config, path, createTokenizer(tokenizer))], notes: [] };
  }
  const mapperPath = [...path, "claims_mapper_url"];
  const found = existing["claims_mapper_url"];
  if (found === undefined) {
    const edit: Edit = { op: "add", path: mapperPath, value: tokenizer.mapper };
    return { edits: [edit], notes: [] };
  }
  const notes = isSameBody(found, tokenizer.mapper) ? [] : [
    `The template "${tokenizer.name}" of the tokenizer keeps its own claims mapper. Add the claim ` +
    "`jumio` of jsonnet/claims.jsonnet to it, or choose another name",
  ];
  return { edits: [], notes };
}
