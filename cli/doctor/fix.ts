// SPDX-License-Identifier: Apache-2.0
import { createTwoFilesPatch } from "diff";
import { UsageError } from "../frame/command.ts";
import { applyEdit, parseConfigText } from "../kratos_config/edit.ts";
import { editText } from "../kratos_config/edit_text.ts";
import { BLOCKS_NOTE, printBlocks } from "../render/blocks.ts";
import { checkConfig } from "./check_config.ts";
import type { ConfigFile } from "./config_file.ts";
import type { Finding } from "./findings.ts";
import { planFix } from "./plan_fix.ts";

/** The repaired configuration, as a diff of its file. */
export interface Fix {
  /** A unified diff, or the settings that change where the file cannot be edited; empty for none. */
  readonly text: string;
  /** What the repaired configuration still has. */
  readonly left: readonly Finding[];
  readonly notes: readonly string[];
}

/** Repairs our hooks in the text of a configuration, and writes nothing. @throws {UsageError} */
export async function createFix(name: string, file: ConfigFile): Promise<Fix> {
  const { text, prefix, expected, wanted, templates, sources } = file;
  if (expected.serviceUrl === undefined) {
    throw new UsageError("--fix needs PUBLIC_URL, the address of the service");
  }
  const { edits, notes } = await planFix({ expected, wanted }, sources.readTemplate);
  const repaired = structuredClone(expected.config);
  for (const edit of edits) applyEdit(repaired, edit);
  const { findings: left } = await checkConfig({
    ...expected,
    config: repaired,
    wanted,
    claims: templates.claims,
  }, sources);
  if (edits.length === 0) return { text: "", left, notes: ["There is nothing that --fix repairs"] };
  const inFile = edits.map((edit) => ({ ...edit, path: [...prefix, ...edit.path] }));
  const edited = editText(text, inFile);
  if (edited === undefined) {
    const { config } = parseConfigText(text);
    return { text: printBlocks(config, inFile), left, notes: [BLOCKS_NOTE, ...notes] };
  }
  const label = name === "-" ? "kratos.yml" : name;
  return { text: createTwoFilesPatch(label, label, text, edited), left, notes };
}
