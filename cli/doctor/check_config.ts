// SPDX-License-Identifier: Apache-2.0
import { isActiveFlow, isActiveMethod } from "../kratos_config/active_methods.ts";
import { type Path, readPath, toRecord } from "../kratos_config/edit.ts";
import {
  callsUs,
  type FlowName,
  type FoundHook,
  globalListPath,
  HOOK_PATHS,
  readHooks,
  type WantedHook,
} from "../kratos_config/hook_lists.ts";
import { isPrivateAddress } from "../kratos_config/hook_address.ts";
import type { Templates } from "../kratos_config/templates.ts";
import { checkMappers } from "./check_mappers.ts";
import type { ReadTemplate } from "./check_template.ts";
import { checkTokenizer } from "./check_tokenizer.ts";
import { checkHook, type HookExpectations, type HookSources } from "./check_hook.ts";
import { type CheckResult, createReport, type Report } from "./findings.ts";

/** A list of hooks, of a method or of the flow itself. */
type HookList = Pick<WantedHook, "flow" | "method" | "path">;

/** The state of one check of a configuration. */
interface Checking {
  readonly expected: HookExpectations;
  /** The hosts of our hooks. */
  readonly hosts: ReadonlySet<string>;
  readonly sources: HookSources;
  readonly report: Report;
}

/** Checks that a configuration of Kratos has our hooks in every list, and checks each hook. */
export async function checkConfig(
  { wanted, claims, ...expected }: HookExpectations & {
    wanted: readonly WantedHook[];
    claims: Templates["claims"];
  },
  { resolve, readTemplate }: Pick<HookSources, "resolve" | "readTemplate">,
): Promise<CheckResult> {
  const { config, isNetwork } = expected;
  const checking: Checking = {
    expected,
    hosts: listOurHosts(config, wanted),
    // Most hooks have the same address and the same template.
    sources: {
      resolve: memoize(resolve),
      readTemplate: memoize((uri) => readAsKratos(uri, { isNetwork, readTemplate })),
    },
    report: createReport(),
  };
  for (const place of wanted) checkPresence(place, checking);
  for (const list of listHookLists(config)) {
    checkUnknownMethod(list, { wanted, checking });
    await checkList(list, checking);
  }
  const reading = { readTemplate: checking.sources.readTemplate, report: checking.report };
  await checkMappers(config, reading);
  await checkTokenizer(config, { claims, ...reading });
  const { findings, unchecked } = checking.report;
  return { findings, unchecked };
}

/** Ory Network reads no files. */
function readAsKratos(
  uri: string,
  { isNetwork, readTemplate }: { isNetwork: boolean; readTemplate: ReadTemplate },
): ReturnType<ReadTemplate> {
  if (isNetwork && !/^(?:base64|https?):\/\//.test(uri)) {
    return Promise.resolve({ ok: false, reason: "missing", why: "Ory Network reads no files" });
  }
  return readTemplate(uri);
}

/**
 * The public hosts that the hooks may call: those at which the world reaches the service. If none is
 * known, the one that most hooks call.
 */
export function listServiceHosts(
  config: unknown,
  known: readonly (URL | undefined)[],
): readonly string[] {
  const hosts = known.flatMap((url) => url?.host ?? []);
  if (hosts.length > 0) return hosts;
  const called = listHookLists(config).flatMap(({ flow, path }) =>
    readHooks(config, path).filter((hook) => callsUs(hook, flow))
      .map((hook) => new URL(String(hook.config["url"])))
  ).filter((url) => !isPrivateAddress(url));
  const [most] = [...Map.groupBy(called, ({ host }) => host)]
    .sort(([, one], [, other]) => other.length - one.length);
  return most === undefined ? [] : [most[0]];
}

function checkPresence(
  { flow, method, path }: WantedHook,
  checking: Checking,
): void {
  const { expected: { config }, report } = checking;
  if (!isActiveFlow(config, flow)) return;
  if (method !== undefined && !isActiveMethod(config, { flow, method })) return;
  if (hasOurs(path, { flow, checking })) return;
  const where = path.join(".");
  if (method === undefined) {
    const isRecovery = flow === "recovery";
    return report.add(
      isRecovery ? "hook_missing_on_recovery" : "hook_missing_in_global_list",
      where,
    );
  }
  // Any hook in the method's list switches the flow's global list off.
  const usesGlobalList = readHooks(config, path).length === 0;
  if (usesGlobalList && hasOurs(globalListPath(flow), { flow, checking })) {
    report.add("hook_in_global_list_only", where);
  } else report.add("hook_missing", where);
}

/** A method that ory-actions.yaml does not have needs no list, but a list needs our hook. */
function checkUnknownMethod(
  { flow, path, method }: HookList,
  { wanted, checking }: { wanted: readonly WantedHook[]; checking: Checking },
): void {
  const { expected: { config }, report } = checking;
  if (method === undefined || !isActiveFlow(config, flow)) return;
  if (wanted.some((place) => place.flow === flow && place.method === method)) return;
  if (!isActiveMethod(config, { flow, method }) || readHooks(config, path).length === 0) return;
  if (!hasOurs(path, { flow, checking })) report.add("hook_missing", path.join("."));
}

function hasOurs(
  list: Path,
  { flow, checking: { expected: { config }, hosts } }: { flow: FlowName; checking: Checking },
): boolean {
  return readHooks(config, list).some((hook) => isOurs(hook, { flow, hosts }));
}

async function checkList(
  { flow, path }: HookList,
  { expected, hosts, sources, report }: Checking,
): Promise<void> {
  const hooks = readHooks(expected.config, path);
  const ours = hooks.map((hook, index) => ({ hook, index }))
    .filter(({ hook }) => isOurs(hook, { flow, hosts }));
  const list = path.join(".");
  for (const { hook, index } of ours) {
    const where = `${list}[${index}]`;
    await checkHook({ hook, flow, where }, expected, { sources, report });
  }
  if (ours.length > 1) report.add("hook_twice", list);
  const session = hooks.findIndex(({ hook }) => hook === "session");
  if (flow !== "registration" || session === -1) return;
  if (ours.some(({ index }) => index > session)) report.add("session_before_hook", list);
  if (expected.blockedStatuses.includes("pending")) {
    report.add("session_while_pending_blocked", list);
  }
}

function memoize<Answer>(
  ask: (question: string) => Promise<Answer>,
): (question: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (question) => {
    const answer = answers.get(question) ?? ask(question);
    answers.set(question, answer);
    return answer;
  };
}

/** Lists every list of hooks of our three flows, also those of methods that we do not know. */
export function listHookLists(config: unknown): HookList[] {
  return (["registration", "login", "recovery"] as const).flatMap((flow) => {
    const base = ["selfservice", "flows", flow, "after"];
    const after = toRecord(readPath(config, base)) ?? {};
    const methods = Object.keys(after).filter((key) => toRecord(after[key]) !== undefined);
    return [
      ...methods.map((method) => ({ flow, method, path: [...base, method, "hooks"] })),
      { flow, method: undefined, path: globalListPath(flow) },
    ];
  });
}

/** The hosts that our hooks call, and the host that they should call. */
export function listOurHosts(config: unknown, wanted: readonly WantedHook[]): ReadonlySet<string> {
  const found = listHookLists(config).flatMap(({ flow, path }) =>
    readHooks(config, path).filter((hook) => callsUs(hook, flow))
      .map(({ config }) => new URL(String(config["url"])).host)
  );
  return new Set([
    ...found,
    ...wanted.map(({ hook }) => new URL(String(hook.config?.["url"])).host),
  ]);
}

/** Whether a hook is ours, also with a wrong path. Foreign hooks may call the same host. */
export function isOurs(
  hook: FoundHook,
  { flow, hosts }: { flow: FlowName; hosts: ReadonlySet<string> },
): boolean {
  if (callsUs(hook, flow)) return true;
  const address = String(hook.config["url"]);
  if (hook.hook !== "web_hook" || !URL.canParse(address)) return false;
  const url = new URL(address);
  if (Object.values(HOOK_PATHS).some((path) => url.pathname.endsWith(path))) return true;
  return hosts.has(url.host) && /jumio|initiate|validate/i.test(url.pathname);
}
