// SPDX-License-Identifier: Apache-2.0
import { isSameSecret } from "../../lib/crypto/same_secret.ts";
import { isActiveFlow, isActiveMethod } from "../kratos_config/active_methods.ts";
import { applyEdit, type Edit } from "../kratos_config/edit.ts";
import { isPrivateAddress, reachesHook } from "../kratos_config/hook_address.ts";
import {
  callsUs,
  type FlowName,
  type FoundHook,
  HOOK_PATHS,
  readHooks,
  type WantedHook,
} from "../kratos_config/hook_lists.ts";
import { type IsSameBody, type MergePlan, planMerge } from "../kratos_config/merge.ts";
import { isOurs, listHookLists, listOurHosts } from "./check_config.ts";
import {
  findTemplateFault,
  type HookExpectations,
  isExpectedHost,
  PLACEHOLDER,
  readSentSecret,
} from "./check_hook.ts";
import type { ReadTemplate } from "./check_template.ts";

interface Fixing {
  readonly expected: HookExpectations;
  /** Our hooks as they are to be; a hook that has the right address or template keeps its own. */
  readonly wanted: readonly WantedHook[];
}

/** Plans the edits that repair our hooks in a configuration. They change nothing that is right. */
export async function planFix(
  { expected, wanted }: Fixing,
  readTemplate: ReadTemplate,
): Promise<MergePlan> {
  const { config } = expected;
  const needed = wanted.filter((place) => isNeeded(config, place));
  const edits = planPreparations({ expected, wanted });
  const prepared = structuredClone(config);
  for (const edit of edits) applyEdit(prepared, edit);
  const plan = planMerge(prepared, {
    wanted: needed,
    isSameBody: await findGoodBodies({ expected, wanted }, readTemplate),
    isSameUrl: (found, { flow }) => isGoodUrl(String(found), { flow, expected }),
  });
  return { edits: [...edits, ...plan.edits], notes: plan.notes };
}

/** A list that exists needs our hook, whether or not its method is enabled today. */
function isNeeded(config: unknown, { flow, method, path }: WantedHook): boolean {
  if (readHooks(config, path).length > 0) return true;
  if (!isActiveFlow(config, flow)) return false;
  return method === undefined || isActiveMethod(config, { flow, method });
}

/** Gives our hooks with a wrong path the right one, and a reference in place of a wrong secret. */
function planPreparations({ expected, wanted }: Fixing): Edit[] {
  const { config } = expected;
  const hosts = listOurHosts(config, wanted);
  return listHookLists(config).flatMap(({ flow, path }) =>
    readHooks(config, path).flatMap((hook, index): Edit[] => {
      const ours = wanted.find((place) => place.flow === flow)?.hook.config;
      if (ours === undefined || !isOurs(hook, { flow, hosts })) return [];
      const at = [...path, index, "config"];
      const edits: Edit[] = [];
      if (!callsUs(hook, flow)) {
        edits.push({ op: "replace", path: [...at, "url"], value: ours["url"] });
      }
      if (sendsWrongSecret(hook, expected)) {
        const op = "auth" in hook.config ? "replace" : "add";
        edits.push({ op, path: [...at, "auth"], value: ours["auth"] });
      }
      return edits;
    })
  );
}

function sendsWrongSecret({ config }: FoundHook, { secrets }: HookExpectations): boolean {
  const { header, value } = readSentSecret(config);
  if (value === undefined || (header !== "x-webhook-secret" && header !== "authorization")) {
    return true;
  }
  const sent = header === "authorization" ? /^Bearer (.+)$/i.exec(value)?.[1] ?? "" : value;
  return secrets !== undefined && !secrets.some((secret) => isSameSecret(sent, secret)) &&
    !PLACEHOLDER.test(value);
}

function isGoodUrl(
  address: string,
  { flow, expected }: { flow: FlowName; expected: HookExpectations },
): boolean {
  if (!URL.canParse(address)) return false;
  const { serviceUrl, serviceHosts } = expected;
  const url = new URL(address);
  return reachesHook(address, { hookPath: HOOK_PATHS[flow], serviceUrl }) &&
    isExpectedHost(url, serviceHosts) && (url.protocol === "https:" || isPrivateAddress(url));
}

/** Finds out which templates are right where they are. */
async function findGoodBodies(
  { expected, wanted }: Fixing,
  readTemplate: ReadTemplate,
): Promise<IsSameBody> {
  const good = new Set<string>();
  for (const { flow, path } of listHookLists(expected.config)) {
    const ours = wanted.find((place) => place.flow === flow)?.hook.config?.["body"];
    for (const { config } of readHooks(expected.config, path)) {
      const answer = await readTemplate(String(config["body"]));
      const isGood = answer.ok
        ? findTemplateFault(answer.text, { flow, expected }) === undefined
        : answer.reason === "unknown";
      if (isGood) good.add(JSON.stringify([config["body"], ours]));
    }
  }
  return (found, ours) => good.has(JSON.stringify([found, ours]));
}
