// SPDX-License-Identifier: Apache-2.0
import { parse, stringify } from "yaml";
import {
  type Arguments,
  type Command,
  type Result,
  type Tools,
  UsageError,
} from "../frame/command.ts";
import {
  applyEdit,
  type Edit,
  parseConfigText,
  readPath,
  toRecord,
} from "../kratos_config/edit.ts";
import { editText } from "../kratos_config/edit_text.ts";
import { SECRET_REFERENCE, toJsonPatch, toShellScript } from "../kratos_config/network_formats.ts";
import type { Templates } from "../kratos_config/templates.ts";
import { createTokenizer, JWKS_REFERENCE, tokenizerPath } from "../kratos_config/tokenizer.ts";
import { BLOCKS_NOTE, printBlocks } from "./blocks.ts";
import {
  type ConfigFormat,
  readAskedStatuses,
  readFormat,
  readTemplates,
  readWantedHooks,
  readWantedTokenizer,
} from "./options.ts";
import { compareBodies, planAll, type Wanted } from "./plan.ts";

const SECRET_NOTES: Readonly<Record<ConfigFormat, string>> = {
  "kratos":
    `The output contains ${SECRET_REFERENCE} in place of the secret. Kratos does not replace it. ` +
    "Fill in the newest value when you install the file:\n" +
    `  ORY_WEBHOOK_SECRET="\${ORY_WEBHOOK_SECRET%% *}" envsubst '${SECRET_REFERENCE}' < rendered.yml > kratos.yml`,
  "json-patch":
    `The output contains ${SECRET_REFERENCE} in place of the secret. Fill in the newest value ` +
    "before you send it to PATCH https://api.console.ory.com/projects/PROJECT_ID:\n" +
    `  ORY_WEBHOOK_SECRET="\${ORY_WEBHOOK_SECRET%% *}" envsubst '${SECRET_REFERENCE}' < patch.json`,
  "ory-cli":
    "The script reads the secret from ORY_WEBHOOK_SECRET, the project from ORY_PROJECT and the " +
    "workspace from ORY_WORKSPACE",
};

const KEYS = "the address of the private keys that sign the tokens, such as";

const TOKENIZER_NOTES: Readonly<Record<ConfigFormat, string>> = {
  "kratos":
    `It also contains ${JWKS_REFERENCE} in place of ${KEYS} file:///etc/kratos/jwks.json. ` +
    `Fill in both: envsubst '${SECRET_REFERENCE} ${JWKS_REFERENCE}'`,
  "json-patch": `It also contains ${JWKS_REFERENCE} in place of ${KEYS} base64://…. ` +
    `Fill in both: envsubst '${SECRET_REFERENCE} ${JWKS_REFERENCE}'`,
  "ory-cli": `It reads TOKENIZER_JWKS_URL too: ${KEYS} base64://…`,
};

/** `operator render`. */
export const render: Command = {
  name: "render",
  summary: "Prints Ory's configuration for this service",
  about: `
Prints the hooks of ory-actions.yaml, with the templates of jsonnet/, for the service at PUBLIC_URL.
It prints a reference in place of the secret, and a note that says how to fill it in.

Formats:
  kratos            a part of a kratos.yml, or with --merge a whole kratos.yml
  json-patch        operations for the project API of Ory Network
  ory-cli           a script that calls \`ory patch identity-config\`, for Ory Network
  initiate.jsonnet  only this template, for --templates
  validate.jsonnet  only this template, for --templates
  claims.jsonnet    only this claims mapper, for --templates

--tokenizer adds a template to Kratos's session tokenizer, so that a JWT says whether the person is
verified. An existing template of that name keeps its keys, its lifetime and a mapper of its own.

--merge changes only hooks that call this service and keeps every other byte of the existing
configuration. Where that is not possible, the command says so, prints only the settings that
change, and ends with exit code 1. Merging again changes nothing. Without --merge, the formats for
Ory Network replace whole lists of hooks, so use them only for a project without other hooks.

Example:
  ory get identity-config --format yaml | deno task operator render --format ory-cli --merge -`,
  flags: {
    "format": { value: "FORMAT", summary: "See above; default: kratos" },
    "methods": {
      value: "METHOD,…",
      summary: "Only these methods, and always the lists of the flows; default: all",
    },
    "merge": { value: "FILE", summary: "Merge into this configuration; - is standard input" },
    "ask-only": {
      value: "STATUS,…",
      summary: "Ask at sign-in only about these statuses; people with another one sign in",
    },
    "ask-all": { summary: "Ask at sign-in about verified people too; they then need the service" },
    "templates": {
      value: "URL",
      summary: "Folder of the templates, such as file:///…; default: inlined",
    },
    "tokenizer": {
      value: "NAME",
      summary: "Add the claims mapper to the session tokenizer, in the template of this name",
    },
    "url": { value: "URL", summary: "Where Ory reaches the service; default: PUBLIC_URL" },
  },
  async run(args, tools) {
    const chosen = readFormat(args.text("format") ?? "kratos");
    const templates = await readTemplates(readAskedStatuses(args, tools), tools);
    if ("template" in chosen) {
      checkOnlyTemplate(args, chosen.format);
      const text = templates[chosen.template];
      return { exitCode: 0, text, data: { format: chosen.format, text } };
    }
    const { format } = chosen;
    const wanted = {
      hooks: await readWantedHooks(args, { tools, templates, format }),
      tokenizer: readWantedTokenizer(args, { templates, format }),
    };
    const file = args.text("merge");
    const result = file === undefined
      ? renderNew(wanted, format)
      : await renderMerged(wanted, { format, tools, templates, file });
    return { ...result, notes: [...result.notes ?? [], ...noteTemplates(args)] };
  },
};

/** @throws {UsageError} If a flag would be without effect. */
function checkOnlyTemplate(args: Arguments, format: string): void {
  for (const flag of ["methods", "merge", "templates", "tokenizer", "url"]) {
    if (args.text(flag) !== undefined) {
      throw new UsageError(`--format ${format} prints only a template: omit --${flag}`);
    }
  }
}

/** With templates in files, the output does not contain the templates. */
function noteTemplates(args: Arguments): string[] {
  const folder = args.text("templates");
  if (folder === undefined) return [];
  const statuses = args.text("ask-only");
  const askOnly = statuses === undefined ? "" : ` --ask-only ${statuses}`;
  const flag = args.has("ask-all") ? " --ask-all" : askOnly;
  return [
    `Kratos reads the templates in ${folder}. Put the output of these commands there:\n` +
    "  operator render --format initiate.jsonnet\n" +
    `  operator render --format validate.jsonnet${flag}` +
    (args.text("tokenizer") === undefined ? "" : "\n  operator render --format claims.jsonnet"),
  ];
}

function renderNew(wanted: Wanted, format: ConfigFormat): Result {
  const { hooks, tokenizer } = wanted;
  const notes = [SECRET_NOTES[format]];
  if (tokenizer !== undefined) notes.push(TOKENIZER_NOTES[format]);
  if (format !== "kratos") {
    const edits = hooks.map(({ path, hook }): Edit => ({ op: "add", path, value: [hook] }));
    if (tokenizer !== undefined) {
      const path = tokenizerPath(tokenizer.name);
      edits.push({ op: "add", path, value: createTokenizer(tokenizer) });
    }
    notes.push(
      "This replaces whole lists of hooks. If the project has other hooks, use --merge FILE",
    );
    return renderEdits(edits, { format, notes });
  }
  const config = {};
  const plan = planAll(config, { wanted, isSameBody: () => false });
  for (const edit of plan.edits) applyEdit(config, edit);
  const text = stringify(config, { aliasDuplicateObjects: false, lineWidth: 0 });
  return { exitCode: 0, text, data: { format, config, notes }, notes };
}

async function renderMerged(
  wanted: Wanted,
  { format, tools, templates, file }: {
    format: ConfigFormat;
    tools: Tools;
    templates: Templates;
    file: string;
  },
): Promise<Result> {
  const text = file === "-" ? await tools.readStdin() : await tools.readFile(file);
  const { config } = parseConfigText(text);
  if (toRecord(readPath(config, ["services", "identity", "config"])) !== undefined) {
    throw new UsageError(
      "This is a whole project: merge into the output of `ory get identity-config` instead",
    );
  }
  const isSameBody = await compareBodies(config, { wanted, templates, tools });
  const plan = planAll(config, { wanted, isSameBody });
  const notes = [...plan.notes];
  if (plan.edits.length === 0) notes.push("Nothing to change: all hooks are there");
  else notes.push(SECRET_NOTES[format]);
  if (JSON.stringify(plan.edits).includes(JWKS_REFERENCE)) notes.push(TOKENIZER_NOTES[format]);
  if (format !== "kratos") return renderEdits(plan.edits, { format, notes });
  const merged = editText(text, plan.edits);
  if (merged === undefined) {
    const blocks = printBlocks(config, plan.edits);
    notes.unshift(BLOCKS_NOTE);
    return { exitCode: 1, text: blocks, data: { format, blocks: parse(blocks), notes }, notes };
  }
  const data = { format, config: parseConfigText(merged).config, notes };
  return { exitCode: 0, text: merged, data, notes };
}

function renderEdits(
  edits: readonly Edit[],
  { format, notes }: { format: Exclude<ConfigFormat, "kratos">; notes: readonly string[] },
): Result {
  const operations = toJsonPatch(edits);
  const text = format === "json-patch"
    ? `${JSON.stringify(operations, null, 2)}\n`
    : toShellScript(edits);
  return { exitCode: 0, text, data: { format, operations, notes }, notes };
}
