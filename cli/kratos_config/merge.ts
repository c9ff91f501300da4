// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from "node:util";
import { addWithParents, applyEdit, type Edit, type Path, readPath, toRecord } from "./edit.ts";
import {
  callsUs,
  type FlowName,
  type FoundHook,
  globalListPath,
  listWrongHeaders,
  mayInterrupt,
  readHooks,
  type WantedHook,
} from "./hook_lists.ts";

/** Hooks that Kratos accepts in the flow's global list, but not in the list of `oidc`. */
const NOT_UNDER_OIDC = ["verification", "show_verification_ui"];

/** The changes of a merge, and notes about them for the person. */
export interface MergePlan {
  readonly edits: readonly Edit[];
  readonly notes: readonly string[];
}

/** Whether the body of an existing hook contains the same template as the wanted body. */
export type IsSameBody = (found: unknown, wanted: unknown) => boolean;

interface Keeping {
  readonly isSameBody: IsSameBody;
  /** Whether an existing hook may keep its address. @default {only the wanted address} */
  readonly isSameUrl?: (found: unknown, place: WantedHook) => boolean;
}

/** A plan under construction. `config` is the original; `working` has the edits so far applied. */
interface Draft {
  readonly config: unknown;
  readonly working: unknown;
  readonly edits: Edit[];
  readonly notes: string[];
}

/**
 * Plans the edits that add our hooks to a configuration. Foreign hooks stay untouched and nothing is
 * added twice: the plan for a configuration that was already merged is empty.
 */
export function planMerge(
  config: unknown,
  { wanted, ...keeping }: Keeping & { wanted: readonly WantedHook[] },
): MergePlan {
  const draft: Draft = { config, working: structuredClone(config), edits: [], notes: [] };
  for (const place of wanted) {
    const hooks = readHooks(draft.working, place.path);
    if (listOurIndices(hooks, place.flow).length === 0) insertHook(draft, place);
    else fixList(draft, place, keeping);
    // Our hook in the global list stays there. It serves methods that we do not know.
    fixList(draft, { ...place, path: globalListPath(place.flow) }, keeping);
  }
  return { edits: draft.edits, notes: [...new Set(draft.notes)] };
}

function addEdit({ working, edits }: Draft, edit: Edit): void {
  applyEdit(working, edit);
  edits.push(edit);
}

/** Adds the hook to its list, or adds the list. */
function insertHook(draft: Draft, place: WantedHook): void {
  const { flow, method, path, hook } = place;
  const hooks = readHooks(draft.working, path);
  if (hooks.length > 0) {
    addEdit(draft, { op: "add", path: [...path, insertionIndex(flow, hooks)], value: hook });
    return;
  }
  const { copied, dropped } = readInheritedHooks(draft.config, place);
  if (copied.length > 0) {
    draft.notes.push(
      `The hooks of ${flow}'s global list were copied to the list of "${method}", because Kratos ` +
        "ignores the global list for a method with a list of its own",
    );
  }
  draft.notes.push(
    ...dropped.map((name) =>
      `The hook "${name}" of ${flow}'s global list no longer runs for "${method}", because Kratos ` +
      "does not accept it there"
    ),
  );
  const value = copied.map((found) => found.value)
    .toSpliced(insertionIndex(flow, copied), 0, hook);
  addEdit(draft, addWithParents(draft.working, path, value));
}

/** Keeps one of our hooks in a list, corrects it, and moves it before `session`. */
function fixList(draft: Draft, place: WantedHook, keeping: Keeping): void {
  const hooks = readHooks(draft.working, place.path);
  const [first = -1, ...duplicates] = listOurIndices(hooks, place.flow);
  for (const index of duplicates.reverse()) {
    addEdit(draft, { op: "remove", path: [...place.path, index] });
  }
  const found = hooks[first];
  if (found === undefined) return;
  const path = [...place.path, first];
  for (const edit of planCorrections(found, { place, path, keeping })) addEdit(draft, edit);
  const session = hooks.findIndex(({ hook }) => hook === "session");
  if (session !== -1 && session < first) {
    const value = readPath(draft.working, path);
    addEdit(draft, { op: "remove", path });
    addEdit(draft, { op: "add", path: [...place.path, session], value });
  }
}

function listOurIndices(hooks: readonly FoundHook[], flow: FlowName): number[] {
  return hooks.flatMap((hook, index) => callsUs(hook, flow) ? [index] : []);
}

/**
 * Where our hook goes in a list. At registration: after the other hooks, but before `session`. At
 * sign-in: first, so that no other hook runs for people who are refused.
 */
function insertionIndex(flow: FlowName, hooks: readonly FoundHook[]): number {
  if (flow !== "registration") return 0;
  const session = hooks.findIndex(({ hook }) => hook === "session");
  return session === -1 ? hooks.length : session;
}

/** The hooks of the global list that Kratos runs for a method until the method has its own list. */
function readInheritedHooks(
  config: unknown,
  { flow, method }: WantedHook,
): { copied: readonly FoundHook[]; dropped: readonly string[] } {
  if (method === undefined) return { copied: [], dropped: [] };
  const running = readHooks(config, globalListPath(flow)).filter((hook) =>
    // Kratos never runs hooks of this list that run before storage.
    !callsUs(hook, flow) && !(flow === "registration" && mayInterrupt(hook))
  );
  const isDropped = ({ hook }: FoundHook) =>
    flow === "login" && method === "oidc" && NOT_UNDER_OIDC.includes(hook);
  return {
    copied: running.filter((hook) => !isDropped(hook)),
    dropped: running.filter(isDropped).map(({ hook }) => hook),
  };
}

/** Plans the changes that an existing hook of ours needs. Its secret stays. */
function planCorrections(
  found: FoundHook,
  { place, path, keeping: { isSameBody, isSameUrl = () => false } }: {
    place: WantedHook;
    path: Path;
    keeping: Keeping;
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
  if (!isSameUrl(found.config["url"], place)) set("url");
  set("method");
  if (!isSameBody(found.config["body"], wanted["body"])) set("body");
  const headers = [...path, "config", "headers"];
  const wrong = listWrongHeaders(found.config);
  const isAll = wrong.length === Object.keys(toRecord(found.config["headers"]) ?? {}).length;
  if (wrong.length > 0 && isAll) edits.push({ op: "remove", path: headers });
  else edits.push(...wrong.map((name): Edit => ({ op: "remove", path: [...headers, name] })));
  if (!hasCorrectResponse(found, place.flow)) {
    set("response");
    set("can_interrupt");
  }
  return edits;
}

/** Whether Kratos waits for the answer and lets the hook interrupt only where the flow needs it. */
function hasCorrectResponse(found: FoundHook, flow: FlowName): boolean {
  const isIgnored = toRecord(found.config["response"])?.["ignore"] === true;
  return !isIgnored && mayInterrupt(found) === (flow !== "registration");
}
