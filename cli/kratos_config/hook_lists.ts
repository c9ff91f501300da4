import { type Path, readPath, toRecord } from "./edit.ts";
import type { OryActions, OryHook } from "./ory_actions.ts";

/** The flows that have a hook of ours. */
export type FlowName = "registration" | "login" | "recovery";

/** Where one hook of ours belongs. */
export interface WantedHook {
  readonly flow: FlowName;
  /** Undefined for recovery, whose list stands under the flow itself. */
  readonly method: string | undefined;
  /** Of its list of hooks. */
  readonly path: Path;
  readonly hook: OryHook;
}

const FLOWS: readonly FlowName[] = ["registration", "login", "recovery"];

/** What each flow's hook calls. The address of the service may have a path before it. */
export const HOOK_PATHS: Readonly<Record<FlowName, string>> = {
  registration: "/jumio/initiate",
  login: "/jumio/validate",
  recovery: "/jumio/validate",
};

/** The path of a flow's own list, which Kratos takes where a method's yields nothing. */
export function globalListPath(flow: FlowName): Path {
  return ["selfservice", "flows", flow, "after", "hooks"];
}

/** Every place of `ory-actions.yaml` with its hook. */
export function listWantedHooks(actions: OryActions): readonly WantedHook[] {
  return FLOWS.flatMap((flow) => {
    const { hooks: own, ...lists } = actions.selfservice.flows[flow].after;
    const ofFlow = (own ?? []).map((hook) => ({
      flow,
      method: undefined,
      path: globalListPath(flow),
      hook,
    }));
    const ofMethods = Object.entries(lists)
      .flatMap(([method, list]) =>
        (Array.isArray(list) ? list : list?.hooks ?? []).map((hook) => ({
          flow,
          method,
          path: ["selfservice", "flows", flow, "after", method, "hooks"],
          hook,
        }))
      );
    return [...ofMethods, ...ofFlow];
  });
}

/** A hook as it stands in somebody's configuration: anything may be missing. */
export interface FoundHook {
  readonly hook: string;
  readonly config: Readonly<Record<string | number, unknown>>;
  /** As it stands in the configuration. */
  readonly value: unknown;
}

/** The hooks of the list at a path; none where there is no list. */
export function readHooks(config: unknown, path: Path): readonly FoundHook[] {
  const list = readPath(config, path);
  if (!Array.isArray(list)) return [];
  return list.map((value: unknown) => {
    const record = toRecord(value) ?? {};
    return { hook: String(record["hook"]), config: toRecord(record["config"]) ?? {}, value };
  });
}

/** Whether a hook calls this service for a flow, wherever the service may be. */
export function callsUs({ hook, config }: FoundHook, flow: FlowName): boolean {
  if (hook !== "web_hook") return false;
  const url = String(config["url"]);
  return URL.canParse(url) && new URL(url).pathname.replace(/\/+$/, "").endsWith(HOOK_PATHS[flow]);
}

/** Whether a hook may stop its flow. At registration it then runs before the identity is stored. */
export function mayInterrupt({ config }: FoundHook): boolean {
  return config["can_interrupt"] === true || toRecord(config["response"])?.["parse"] === true;
}
