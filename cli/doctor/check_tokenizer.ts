// SPDX-License-Identifier: Apache-2.0
import { readPath, toRecord } from "../kratos_config/edit.ts";
import { isSameTemplate, type Templates } from "../kratos_config/templates.ts";
import { TOKENIZER_TEMPLATES, tokenizerPath } from "../kratos_config/tokenizer.ts";
import { checkSyntax, readChecked, type ReadTemplate } from "./check_template.ts";
import type { Report } from "./findings.ts";

interface Checking {
  readonly readTemplate: ReadTemplate;
  readonly report: Report;
}

/**
 * Checks the templates of Kratos's session tokenizer that say whether the person is verified: those
 * with the claim `jumio`, or with a mapper that Kratos cannot read.
 */
export async function checkTokenizer(
  config: unknown,
  { claims, ...checking }: Checking & { claims: Templates["claims"] },
): Promise<void> {
  const templates = toRecord(readPath(config, TOKENIZER_TEMPLATES)) ?? {};
  for (const name of Object.keys(templates)) {
    const template = toRecord(templates[name]) ?? {};
    const where = tokenizerPath(name).join(".");
    const mapper = template["claims_mapper_url"];
    if (typeof mapper !== "string" || mapper === "") continue;
    const what = "The claims mapper";
    const text = await readChecked(mapper, { what, where, ...checking });
    if (text === undefined || !text.includes("jumio")) continue;
    if (!isSameTemplate(text, claims)) {
      if (!checkSyntax(text, { what, where, report: checking.report })) continue;
      checking.report.add("claims_mapper_not_ours", where);
    }
    await checkKeys(template["jwks_url"], { where: `${where}.jwks_url`, ...checking });
  }
}

/** Kratos signs with the first key of the set. Nothing of a key gets into the report. */
async function checkKeys(
  url: unknown,
  { where, readTemplate, report }: Checking & { where: string },
): Promise<void> {
  const add = (seen: string) => report.add("tokenizer_keys_unusable", where, seen);
  if (typeof url !== "string" || url === "") return add("There is no address of a key set");
  if (url.includes("${")) return add("The address is a placeholder");
  if (/^https?:/.test(url)) {
    return report.addUnchecked(`The keys at ${where}: the doctor does not fetch private keys`);
  }
  const text = await readChecked(url, { what: "The key set", where, readTemplate, report });
  if (text === undefined) return;
  const keys = readKeys(text);
  const key = toRecord(keys?.[0]);
  if (key === undefined) return add("It is not a set of keys (JWKS)");
  if (typeof key["alg"] !== "string") return add("The first key has no alg");
  if (typeof (key["d"] ?? key["k"]) !== "string") add("The first key is not private");
}

function readKeys(text: string): readonly unknown[] | undefined {
  try {
    const keys = toRecord(JSON.parse(text))?.["keys"];
    return Array.isArray(keys) ? keys : undefined;
  } catch {
    // Not JSON. The message of the parser would quote private keys.
    return undefined;
  }
}
