import { isDeepStrictEqual } from "node:util";
import { applyEdit, type Edit, type Path, readPath, toRecord } from "./edit.ts";
import {
  callsUs,
  type FlowName,
  type FoundHook,
  globalListPath,
  mayInterrupt,
  readHooks,
  type WantedHook,
} from "./hook_lists.ts";

/** Kratos knows these hooks in the list of the flow, and not in the one of `oidc`. */
const NOT_UNDER_OIDC = ["verification", "show_verification_ui"];

/** What merging comes to: the changes, and what the person should know of them. */
export interface MergePlan {
  readonly edits: readonly Edit[];
  readonly notes: readonly string[];
}

/**
 * Plans how our hooks come into a configuration, without touching or doubling what is there.
 *
 * `isSameBody` tells that a body that is there already holds the template that is wanted. A
 * plan for a configuration into which a plan was merged is empty.
 */
export function planMerge(
  config: unknown,
  { wanted, isSameBody }: {
    wanted: readonly WantedHook[];
    isSameBody: (found: unknown, wanted: unknown) => boolean;
  },
): MergePlan {
  const working: unknown = structuredClone(config);
  const edits: Edit[] = [];
  const notes: string[] = [];

  function edit(change: Edit): void {
    applyEdit(working, change);
    edits.push(change);
  }

  /** Adds the hook where there is a list already, or makes one. */
  function insert(place: WantedHook): void {
    const hooks = readHooks(working, place.path);
    if (hooks.length > 0) {
      const at = placeFor(place.flow, hooks);
      edit({ op: "add", path: [...place.path, at], value: place.hook });
      return;
    }
    const { kept, left } = inherit(config, place);
    if (kept.length > 0) {
      notes.push(
        `The hooks of ${place.flow}'s own list now stand under "${place.method}" too: a list ` +
          "under a method takes the place of the flow's own",
      );
    }
    notes.push(
      ...left.map((name) =>
        `The hook "${name}" of ${place.flow}'s own list cannot stand under "${place.method}", ` +
        "and no longer runs for it"
      ),
    );
    const value = kept.map((hook) => hook.value).toSpliced(
      placeFor(place.flow, kept),
      0,
      place.hook,
    );
    edit(addList(working, { path: place.path, value }));
  }

  /** Leaves one hook of ours in a list, makes it right, and puts it before `session`. */
  function tidy(place: WantedHook, hooks: readonly FoundHook[]): void {
    const [first = -1, ...doubles] = listOwn(hooks, place.flow);
    for (const index of doubles.reverse()) edit({ op: "remove", path: [...place.path, index] });
    const found = hooks[first];
    if (found === undefined) return;
    for (const change of correct(found, { place, path: [...place.path, first], isSameBody })) {
      edit(change);
    }
    const session = hooks.findIndex(({ hook }) => hook === "session");
    if (session !== -1 && session < first) {
      const value = readPath(working, [...place.path, first]);
      edit({ op: "remove", path: [...place.path, first] });
      edit({ op: "add", path: [...place.path, session], value });
    }
  }

  for (const place of wanted) {
    const hooks = readHooks(working, place.path);
    if (listOwn(hooks, place.flow).length === 0) insert(place);
    else tidy(place, hooks);
    // A hook of ours in the flow's own list stays there, for methods that we do not know.
    const path = globalListPath(place.flow);
    tidy({ ...place, path }, readHooks(working, path));
  }
  return { edits, notes: [...new Set(notes)] };
}

function listOwn(hooks: readonly FoundHook[], flow: FlowName): number[] {
  return hooks.flatMap((hook, index) => callsUs(hook, flow) ? [index] : []);
}

/**
 * Registration: after what is there, but before `session`. Sign-in: before all others, so that
 * nothing else happens for who is refused.
 */
function placeFor(flow: FlowName, hooks: readonly FoundHook[]): number {
  if (flow !== "registration") return 0;
  const session = hooks.findIndex(({ hook }) => hook === "session");
  return session === -1 ? hooks.length : session;
}

/** What Kratos has taken from the flow's own list so far, which a new list would switch off. */
function inherit(
  config: unknown,
  { flow, method }: WantedHook,
): { kept: readonly FoundHook[]; left: string[] } {
  if (method === undefined) return { kept: [], left: [] };
  const running = readHooks(config, globalListPath(flow)).filter((hook) =>
    // Kratos never takes the hooks that run before storage from this list.
    !callsUs(hook, flow) && !(flow === "registration" && mayInterrupt(hook))
  );
  const isLeft = ({ hook }: FoundHook) =>
    flow === "login" && method === "oidc" && NOT_UNDER_OIDC.includes(hook);
  return {
    kept: running.filter((hook) => !isLeft(hook)),
    left: running.filter(isLeft).map(({ hook }) => hook),
  };
}

/** Puts a list in place with all that is missing on the way to it. */
function addList(config: unknown, { path, value }: { path: Path; value: unknown }): Edit {
  for (let depth = 1; depth < path.length; depth++) {
    const at = path.slice(0, depth);
    const existing = readPath(config, at);
    if (toRecord(existing) !== undefined) continue;
    const nested = path.slice(depth).reduceRight((inner, key) => ({ [key]: inner }), value);
    return { op: existing === undefined ? "add" : "replace", path: at, value: nested };
  }
  const existing = readPath(config, path);
  return { op: existing === undefined ? "add" : "replace", path, value };
}

/** Brings a hook of ours up to date, as far as it does not do what it should. Its key stays. */
function correct(
  found: FoundHook,
  { place, path, isSameBody }: {
    place: WantedHook;
    path: Path;
    isSameBody: (found: unknown, wanted: unknown) => boolean;
  },
): Edit[] {
  const wanted = toRecord(place.hook.config) ?? {};
  const edits: Edit[] = [];

  function set(key: string): void {
    const value = wanted[key];
    if (value === undefined) {
      if (key in found.config) edits.push({ op: "remove", path: [...path, "config", key] });
    } else if (!isDeepStrictEqual(found.config[key], value)) {
      const op = key in found.config ? "replace" : "add";
      edits.push({ op, path: [...path, "config", key], value });
    }
  }

  if (!("auth" in found.config)) set("auth");
  set("url");
  set("method");
  if (!isSameBody(found.config["body"], wanted["body"])) set("body");
  if (!answersRightly(found, place.flow)) {
    set("response");
    set("can_interrupt");
  }
  return edits;
}

/** Whether Kratos waits for the hook, and whether it lets it interrupt, as the flow needs. */
function answersRightly(found: FoundHook, flow: FlowName): boolean {
  const isIgnored = toRecord(found.config["response"])?.["ignore"] === true;
  return !isIgnored && mayInterrupt(found) === (flow !== "registration");
}
