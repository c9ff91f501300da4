import { isActiveFlow, isActiveMethod } from "../kratos_config/active_methods.ts";
import { checkHook, type HookExpectations } from "./check_hook.ts";
import type { Tools } from "../frame/command.ts";
import { type Path, readPath, toRecord } from "../kratos_config/edit.ts";
import type { Checkup, Finding } from "./findings.ts";
import {
  callsUs,
  type FlowName,
  type FoundHook,
  globalListPath,
  HOOK_PATHS,
  readHooks,
  type WantedHook,
} from "../kratos_config/hook_lists.ts";
import { readTemplate } from "../kratos_config/templates.ts";

/** Checks a configuration of Kratos's: that our hooks are where they belong, and each of them. */
export async function checkConfig(
  { wanted, ...expected }: HookExpectations & { wanted: readonly WantedHook[] },
  tools: Pick<Tools, "fetch" | "readFile" | "resolve">,
): Promise<Checkup> {
  const { config } = expected;
  const findings: Finding[] = [];
  const unchecked: string[] = [];
  const hosts = listOurHosts(config, wanted);
  // Most hooks share their address and their template.
  const sources = {
    resolve: askOnce(tools.resolve),
    readTemplate: askOnce((uri) => readTemplate(uri, tools)),
  };

  async function checkList(flow: FlowName, path: Path): Promise<void> {
    const hooks = readHooks(config, path);
    const own = hooks.map((hook, index) => ({ hook, index }))
      .filter(({ hook }) => isOurs(hook, { flow, hosts }));
    for (const { hook, index } of own) {
      const where = `${path.join(".")}[${index}]`;
      const checkup = await checkHook({ hook, flow, where }, expected, sources);
      findings.push(...checkup.findings);
      unchecked.push(...checkup.unchecked);
    }
    const where = path.join(".");
    if (own.length > 1) findings.push({ id: "hook_twice", where });
    const session = hooks.findIndex(({ hook }) => hook === "session");
    if (flow !== "registration" || session === -1) return;
    if (own.some(({ index }) => index > session)) {
      findings.push({ id: "session_before_hook", where });
    }
    if (expected.blockedStatuses.includes("pending")) {
      findings.push({ id: "session_while_pending_blocked", where });
    }
  }

  for (const { flow, method, path } of wanted) {
    if (!isActiveFlow(config, flow)) continue;
    if (method !== undefined && !isActiveMethod(config, { flow, method })) continue;
    const where = path.join(".");
    const isThere = readHooks(config, path).some((hook) => isOurs(hook, { flow, hosts }));
    if (isThere) continue;
    if (method === undefined) {
      findings.push({ id: "hook_missing_on_recovery", where });
    } else {
      const isGlobal = readHooks(config, globalListPath(flow))
        .some((hook) => isOurs(hook, { flow, hosts }));
      findings.push({ id: isGlobal ? "hook_in_global_list_only" : "hook_missing", where });
    }
  }
  for (const { flow, path } of listAllLists(config)) await checkList(flow, path);
  return { findings, unchecked: [...new Set(unchecked)] };
}

function askOnce<Answer>(
  ask: (question: string) => Promise<Answer>,
): (question: string) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (question) => {
    const answer = answers.get(question) ?? ask(question);
    answers.set(question, answer);
    return answer;
  };
}

/** Every list of hooks of our three flows, those of methods that we do not know too. */
function listAllLists(config: unknown): { flow: FlowName; path: Path }[] {
  return (["registration", "login", "recovery"] as const).flatMap((flow) => {
    const after = toRecord(readPath(config, ["selfservice", "flows", flow, "after"])) ?? {};
    const methods = Object.keys(after).filter((key) => toRecord(after[key]) !== undefined);
    const base = ["selfservice", "flows", flow, "after"];
    return [
      ...methods.map((method) => ({ flow, path: [...base, method, "hooks"] })),
      { flow, path: globalListPath(flow) },
    ];
  });
}

/** The hosts that our hooks call: a hook that seems to mean us and misses the path calls one, too. */
function listOurHosts(config: unknown, wanted: readonly WantedHook[]): ReadonlySet<string> {
  const found = listAllLists(config).flatMap(({ flow, path }) =>
    readHooks(config, path).filter((hook) => callsUs(hook, flow))
      .map(({ config }) => new URL(String(config["url"])).host)
  );
  return new Set([
    ...found,
    ...wanted.map(({ hook }) => new URL(String(hook.config?.["url"])).host),
  ]);
}

function isOurs(
  hook: FoundHook,
  { flow, hosts }: { flow: FlowName; hosts: ReadonlySet<string> },
): boolean {
  if (callsUs(hook, flow)) return true;
  const address = String(hook.config["url"]);
  if (hook.hook !== "web_hook" || !URL.canParse(address)) return false;
  const url = new URL(address);
  const isOtherPath = Object.values(HOOK_PATHS).some((path) => url.pathname.endsWith(path));
  // Behind one host there may be other services, whose hooks are not our affair.
  return isOtherPath ||
    (hosts.has(url.host) && /jumio|initiate|validate/i.test(url.pathname));
}
