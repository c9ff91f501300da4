// SPDX-License-Identifier: Apache-2.0
import { readPath, toRecord } from "../kratos_config/edit.ts";
import { checkSyntax, readChecked, type ReadTemplate } from "./check_template.ts";
import type { Report } from "./findings.ts";

/** The methods whose providers have a claims mapper. */
const METHODS = ["oidc", "saml"];

/** A line comment or a block comment of Jsonnet. */
const COMMENT = /^\s*(?:\/\/|#).*$|\/\*[\s\S]*?\*\//gm;

/** The field `metadata_public` in what a mapper returns. */
const FIELD = /\[?\s*["']?metadata_public["']?\s*\]?\s*\+?:{1,3}/g;

/**
 * Checks the claims mappers of the providers that update the identity at each sign-in. Kratos
 * replaces the whole `metadata_public` by what such a mapper returns, before it runs our hook.
 */
export async function checkMappers(
  config: unknown,
  { readTemplate, report }: { readTemplate: ReadTemplate; report: Report },
): Promise<void> {
  for (const method of METHODS) {
    const path = ["selfservice", "methods", method, "config", "providers"];
    const providers = readPath(config, path);
    for (const [index, value] of Object.entries(Array.isArray(providers) ? providers : [])) {
      const provider = toRecord(value) ?? {};
      const mapper = provider["mapper_url"];
      // Kratos updates nothing by default.
      if (provider["update_identity_on_login"] !== "automatic") continue;
      if (typeof mapper !== "string") continue;
      const where = `${path.join(".")}[${index}]`;
      const what = "The mapper";
      const text = await readChecked(mapper, { what, where, readTemplate, report });
      if (text === undefined || !checkSyntax(text, { what, where, report })) continue;
      if (replacesMetadata(text)) report.add("mapper_replaces_metadata", where);
    }
  }
}

/**
 * Whether a mapper sets `metadata_public` without reading the identity's own. Judged by its text,
 * because Jsonnet need not be installed here.
 */
function replacesMetadata(mapper: string): boolean {
  const code = mapper.replace(COMMENT, "");
  const rest = code.replace(FIELD, "");
  const keepsOwn = /extVar\(\s*["']identity["']\s*\)/.test(code) &&
    rest.includes("metadata_public");
  return rest !== code && !keepsOwn;
}
