import { stringify } from "yaml";
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
import {
  callsUs,
  globalListPath,
  readHooks,
  type WantedHook,
} from "../kratos_config/hook_lists.ts";
import { planMerge } from "../kratos_config/merge.ts";
import { SECRET_REFERENCE, toJsonPatch, toShellScript } from "../kratos_config/network_formats.ts";
import { readFormat, readStatuses, readTemplates, readWantedHooks, templateOf } from "./options.ts";
import { isSameTemplate, readTemplate, type Templates } from "../kratos_config/templates.ts";

const SECRET_NOTES: Readonly<Record<"kratos" | "json-patch" | "ory-cli", string>> = {
  "kratos":
    `The secret stands as ${SECRET_REFERENCE}, which Kratos does not replace. Fill it in, its ` +
    "newest value alone, when you put the file in place:\n" +
    `  ORY_WEBHOOK_SECRET="\${ORY_WEBHOOK_SECRET%% *}" envsubst '${SECRET_REFERENCE}' < rendered.yml > kratos.yml`,
  "json-patch":
    `The secret stands as ${SECRET_REFERENCE}. Fill it in, its newest value alone, on the ` +
    "way to PATCH https://api.console.ory.com/projects/PROJECT_ID:\n" +
    `  ORY_WEBHOOK_SECRET="\${ORY_WEBHOOK_SECRET%% *}" envsubst '${SECRET_REFERENCE}' < patch.json`,
  "ory-cli":
    "The script takes the secret from ORY_WEBHOOK_SECRET, the project from ORY_PROJECT and " +
    "the workspace from ORY_WORKSPACE",
};

/** `operator render`: Ory's side, from `ory-actions.yaml` and `jsonnet/` alone. */
export const render: Command = {
  name: "render",
  summary: "Renders Ory's configuration for this service",
  about: `
Prints the hooks of ory-actions.yaml, with the templates of jsonnet/, for the service at PUBLIC_URL.
The secret is never printed: a reference stands for it, and a note says how to fill it in.

Formats:
  kratos            kratos.yml: a part of one, or with --merge the whole of an existing one
  json-patch        operations for the project API of Ory Network
  ory-cli           a script that calls \`ory patch identity-config\`, for Ory Network
  initiate.jsonnet  a template alone, for --templates
  validate.jsonnet

With --merge nothing of the existing configuration is touched but hooks that call this service, and
nothing is there twice, however often you render. Without it the formats for Ory Network put whole
lists in place, which suits a project without hooks of its own.

Example:
  ory get identity-config --format yaml | deno task operator render --format ory-cli --merge -`,
  flags: {
    "format": { value: "FORMAT", summary: "See above; default kratos" },
    "methods": { value: "METHOD,…", summary: "Of these sign-in methods; default all" },
    "merge": { value: "FILE", summary: "Into this configuration; - is standard input" },
    "ask-only": {
      value: "STATUS,…",
      summary: "Ask at sign-in about these statuses alone, and let in all others",
    },
    "templates": {
      value: "URL",
      summary: "The folder of the templates, as file:///…; default: inlined as base64://",
    },
    "url": { value: "URL", summary: "Where Ory reaches the service; default PUBLIC_URL" },
  },
  async run(args, tools) {
    const format = readFormat(args.text("format") ?? "kratos");
    const templates = await readTemplates(readStatuses(args, tools), tools);
    if (format === "initiate.jsonnet" || format === "validate.jsonnet") {
      const text = templates[format === "initiate.jsonnet" ? "initiate" : "validate"];
      return { exitCode: 0, text, data: { format, text } };
    }
    const wanted = await readWantedHooks(args, { tools, templates, format });
    const file = args.text("merge");
    const result = file === undefined
      ? renderAnew(wanted, format)
      : await renderInto(wanted, { format, tools, templates, file });
    return { ...result, notes: [...result.notes ?? [], ...noteTemplates(args)] };
  },
};

/** Where templates are files, what they say is not in what is printed. */
function noteTemplates(args: Arguments): string[] {
  const folder = args.text("templates");
  if (folder === undefined) return [];
  const asked = args.text("ask-only");
  const flag = asked === undefined ? "" : ` --ask-only ${asked}`;
  return [
    `Kratos reads the templates in ${folder}. Put there what these print:\n` +
    "  operator render --format initiate.jsonnet\n" +
    `  operator render --format validate.jsonnet${flag}`,
  ];
}

/** A part of a kratos.yml, or whole lists for Ory Network. */
function renderAnew(
  wanted: readonly WantedHook[],
  format: "kratos" | "json-patch" | "ory-cli",
): Result {
  const edits = wanted.map(({ path, hook }): Edit => ({ op: "add", path, value: [hook] }));
  const notes = [SECRET_NOTES[format]];
  if (format !== "kratos") {
    notes.push("Whole lists are put in place. A project with hooks of its own needs --merge FILE");
    return renderEdits(edits, { format, notes });
  }
  const config = {};
  const { edits: whole } = planMerge(config, { wanted, isSameBody: () => false });
  for (const edit of whole) applyEdit(config, edit);
  const text = stringify(config, { aliasDuplicateObjects: false, lineWidth: 0 });
  return { exitCode: 0, text, data: { format, config, notes }, notes };
}

async function renderInto(
  wanted: readonly WantedHook[],
  { format, tools, templates, file }: {
    format: "kratos" | "json-patch" | "ory-cli";
    tools: Tools;
    templates: Templates;
    file: string;
  },
): Promise<Result> {
  const text = file === "-" ? await tools.readStdin() : await tools.readFile(file);
  const { config } = parseConfigText(text);
  if (toRecord(readPath(config, ["services", "identity", "config"])) !== undefined) {
    throw new UsageError(
      "This is a whole project: merge into what `ory get identity-config` gives",
    );
  }
  const isSame = await readSameBodies(config, { wanted, templates, tools });
  const plan = planMerge(config, {
    wanted,
    isSameBody: (found, body) => found === body || isSame.has(String(found)),
  });
  const notes = [...plan.notes];
  if (plan.edits.length === 0) notes.push("Nothing to change: the hooks are all there");
  else notes.push(SECRET_NOTES[format]);
  if (format !== "kratos") return renderEdits(plan.edits, { format, notes });
  const merged = editText(text, plan.edits);
  const data = { format, config: parseConfigText(merged).config, notes };
  return { exitCode: 0, text: merged, data, notes };
}

function renderEdits(
  edits: readonly Edit[],
  { format, notes }: { format: "json-patch" | "ory-cli"; notes: readonly string[] },
): Result {
  const operations = toJsonPatch(edits);
  const text = format === "json-patch"
    ? `${JSON.stringify(operations, null, 2)}\n`
    : toShellScript(edits);
  return { exitCode: 0, text, data: { format, operations, notes }, notes };
}

/** The bodies in the configuration that hold the wanted template already, wherever it lies. */
async function readSameBodies(
  config: unknown,
  { wanted, templates, tools }: {
    wanted: readonly WantedHook[];
    templates: Templates;
    tools: Tools;
  },
): Promise<ReadonlySet<string>> {
  const same = new Set<string>();
  for (const place of wanted) {
    const hooks = [place.path, globalListPath(place.flow)].flatMap((path) =>
      readHooks(config, path)
    );
    for (const hook of hooks.filter((hook) => callsUs(hook, place.flow))) {
      const uri = String(hook.config["body"]);
      if (same.has(uri)) continue;
      const text = await readTemplate(uri, tools);
      if (text !== undefined && isSameTemplate(text, templates[templateOf(place)])) same.add(uri);
    }
  }
  return same;
}
