// SPDX-License-Identifier: Apache-2.0
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

/** Finds out which templates in the configuration already have the wanted content. */
export async function compareBodies(
  config: unknown,
  { wanted: { hooks, tokenizer }, templates, tools }: {
    wanted: Wanted;
    templates: Templates;
    tools: Pick<Tools, "fetch" | "readFile">;
  },
): Promise<IsSameBody> {
  const same = new Set<string>();
  async function compare(
    found: unknown,
    { wanted, template }: { wanted: unknown; template: string },
  ): Promise<void> {
    const key = toKey(found, wanted);
    if (same.has(key)) return;
    const read = await readTemplate(String(found), tools);
    if (read.ok && isSameTemplate(read.text, template)) same.add(key);
  }

  for (const place of hooks) {
    const found = [place.path, globalListPath(place.flow)].flatMap((path) =>
      readHooks(config, path)
    );
    for (const hook of found.filter((hook) => callsUs(hook, place.flow))) {
      const template = templates[templateOf(place)];
      await compare(hook.config["body"], { wanted: place.hook.config?.["body"], template });
    }
  }
  const mapper = tokenizer && toRecord(readPath(config, tokenizerPath(tokenizer.name)));
  if (mapper !== undefined) {
    const { mapper: wanted } = tokenizer ?? {};
    await compare(mapper["claims_mapper_url"], { wanted, template: templates.claims });
  }
  return (found, wanted) => found === wanted || same.has(toKey(found, wanted));
}

/** A template can be right at registration and wrong at sign-in. */
function toKey(found: unknown, wanted: unknown): string {
  return JSON.stringify([found, wanted]);
}
