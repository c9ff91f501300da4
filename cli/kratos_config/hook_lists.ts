// SPDX-License-Identifier: Apache-2.0
import { type Path, readPath, toRecord } from "./edit.ts";
import type { OryActions, OryHook } from "./ory_actions.ts";

/** The flows that have one of our hooks. */
export type FlowName = "registration" | "login" | "recovery";

/** One of our hooks and the list it belongs to. */
export interface WantedHook {
  readonly flow: FlowName;
  /** Undefined for recovery, whose list belongs to the flow itself. */
  readonly method: string | undefined;
  /** The path of the list of hooks. */
  readonly path: Path;
  readonly hook: OryHook;
}

const FLOWS: readonly FlowName[] = ["registration", "login", "recovery"];

/** The path that each flow's hook calls, after the path of the service's own address. */
export const HOOK_PATHS: Readonly<Record<FlowName, string>> = {
  registration: "/jumio/initiate",
  login: "/jumio/validate",
  recovery: "/jumio/validate",
};

/** The path of a flow's global list. Kratos uses it if the method's own list has no hooks. */
export function globalListPath(flow: FlowName): Path {
  return ["selfservice", "flows", flow, "after", "hooks"];
}

/** Every hook of `ory-actions.yaml` with the list it belongs to. */
export function listWantedHooks(actions: OryActions): readonly WantedHook[] {
  return FLOWS.flatMap((flow) => {
    const { hooks: globalHooks, ...lists } = actions.selfservice.flows[flow].after;
    const ofFlow = (globalHooks ?? []).map((hook) => ({
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

/** A hook in an existing configuration, where any part may be missing. */
export interface FoundHook {
  readonly hook: string;
  readonly config: Readonly<Record<string | number, unknown>>;
  /** The unparsed value in the configuration. */
  readonly value: unknown;
}

/** The hooks of the list at a path; none if there is no list. */
export function readHooks(config: unknown, path: Path): readonly FoundHook[] {
  const list = readPath(config, path);
  if (!Array.isArray(list)) return [];
  return list.map((value: unknown) => {
    const record = toRecord(value) ?? {};
    return { hook: String(record["hook"]), config: toRecord(record["config"]) ?? {}, value };
  });
}

/** Whether a hook calls this service's path for a flow, at any host. */
export function callsUs({ hook, config }: FoundHook, flow: FlowName): boolean {
  if (hook !== "web_hook") return false;
  const url = String(config["url"]);
  return URL.canParse(url) && new URL(url).pathname.replace(/\/+$/, "").endsWith(HOOK_PATHS[flow]);
}

/** Whether a hook may stop its flow. At registration, such a hook runs before storage. */
export function mayInterrupt({ config }: FoundHook): boolean {
  return config["can_interrupt"] === true || toRecord(config["response"])?.["parse"] === true;
}

/**
 * The headers of a hook with which it fails: Kratos sends no body with another `Content-Type`, not
 * even with a charset, and the service refuses a form and a `Content-Encoding`.
 */
export function listWrongHeaders(config: FoundHook["config"]): readonly string[] {
  return Object.entries(toRecord(config["headers"]) ?? {}).filter(([name, value]) => {
    const lower = name.toLowerCase();
    return lower === "content-encoding" ||
      (lower === "content-type" && value !== "application/json");
  }).map(([name]) => name);
}
