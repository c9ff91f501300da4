import type { Tools } from "../frame/command.ts";
import { readPath, toRecord } from "../kratos_config/edit.ts";
import {
  callsUs,
  globalListPath,
  readHooks,
  type WantedHook,
} from "../kratos_config/hook_lists.ts";
import { type IsSameBody, type MergePlan, planMerge } from "../kratos_config/merge.ts";
import { isSameTemplate, readTemplate, type Templates } from "../kratos_config/templates.ts";
import { planTokenizer, tokenizerPath, type WantedTokenizer } from "../kratos_config/tokenizer.ts";
import { templateOf } from "./options.ts";

/** What the configuration is to contain. */
export interface Wanted {
  readonly hooks: readonly WantedHook[];
  readonly tokenizer: WantedTokenizer | undefined;
}

/** Plans the edits that put everything wanted into a configuration. */
export function planAll(
  config: unknown,
  { wanted: { hooks, tokenizer }, isSameBody }: { wanted: Wanted; isSameBody: IsSameBody },
): MergePlan {
  const plan = planMerge(config, { wanted: hooks, isSameBody });
  if (tokenizer === undefined) return plan;
  const { edits, notes } = planTokenizer(config, { tokenizer, isSameBody });
  return { edits: [...plan.edits, ...edits], notes: [...plan.notes, ...notes] };
}

/** The addresses of templates in the configuration that already have the wanted content. */
export async function readSameBodies(
  config: unknown,
  { wanted: { hooks, tokenizer }, templates, tools }: {
    wanted: Wanted;
    templates: Templates;
    tools: Pick<Tools, "fetch" | "readFile">;
  },
): Promise<ReadonlySet<string>> {
  const sameBodies = new Set<string>();
  async function compare(body: unknown, template: string): Promise<void> {
    const uri = String(body);
    if (sameBodies.has(uri)) return;
    const text = await readTemplate(uri, tools);
    if (text !== undefined && isSameTemplate(text, template)) sameBodies.add(uri);
  }

  for (const place of hooks) {
    const found = [place.path, globalListPath(place.flow)].flatMap((path) =>
      readHooks(config, path)
    );
    for (const hook of found.filter((hook) => callsUs(hook, place.flow))) {
      await compare(hook.config["body"], templates[templateOf(place)]);
    }
  }
  const mapper = tokenizer && toRecord(readPath(config, tokenizerPath(tokenizer.name)));
  if (mapper !== undefined) await compare(mapper["claims_mapper_url"], templates.claims);
  return sameBodies;
}
