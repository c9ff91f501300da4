// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";

const Patch = z.array(z.object({
  op: z.enum(["add", "replace", "remove"]),
  path: z.string().startsWith("/"),
  value: z.optional(z.unknown()),
}));

/** Versions of Kratos differ in which credentials can be patched. The simulator refuses all. */
const DENIED = [/^\/id$/i, /^\/stateChangedAt$/i, /^\/credentials(\/|$)/i];

/** Kratos fills a new list with nulls up to the requested index. The simulator limits that. */
const MAX_PADDING = 1000;

type Json = Record<string, unknown>;
type Container = Json | unknown[];

/**
 * Applies a JSON Patch by Kratos's own rules: `replace` of a missing value is an `add`, missing
 * parents are created, `test`, `move` and `copy` are refused, and one bad operation refuses all.
 *
 * Returns the patched copy, or undefined when Kratos answers 400.
 */
export function applyPatch(document: Json, patch: unknown): Json | undefined {
  const operations = Patch.safeParse(patch);
  if (!operations.success) return undefined;
  if (operations.data.some(({ path }) => DENIED.some((denied) => denied.test(path)))) {
    return undefined;
  }
  const patched = structuredClone(document);
  for (const { op, path, value = null } of operations.data) {
    const segments = path.slice(1).split("/").map((segment) =>
      segment.replaceAll("~1", "/").replaceAll("~0", "~")
    );
    // For an element of a list Kratos follows the standard: `replace` of a missing one is refused.
    const isAdd = op === "add" || (op === "replace" && !isIndex(segments.at(-1)));
    const parent = findParent(patched, segments, isAdd);
    const last = segments.at(-1) ?? "";
    if (parent === undefined) return undefined;
    if (isAdd) {
      if (!add(parent, last, value)) return undefined;
      continue;
    }
    if (get(parent, last) === undefined) return undefined;
    if (op === "replace") set(parent, last, value);
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  }
  return patched;
}

function findParent(
  document: Json,
  segments: readonly string[],
  createsParents: boolean,
): Container | undefined {
  let parent: Container = document;
  for (const [position, segment] of segments.slice(0, -1).entries()) {
    let next = get(parent, segment);
    if (next === undefined || next === null) {
      if (!createsParents || Array.isArray(parent)) return undefined;
      // If the next key is a number, Kratos creates a list, not an object.
      const below = segments[position + 1];
      const length = Math.min(Number(below), MAX_PADDING) || 0;
      next = isIndex(below) ? Array.from({ length }, () => null) : {};
      set(parent, segment, next);
    }
    if (!isContainer(next)) return undefined;
    parent = next;
  }
  return parent;
}

function add(parent: Container, key: string, value: unknown): boolean {
  if (!Array.isArray(parent)) {
    set(parent, key, value);
    return true;
  }
  const index = key === "-" ? parent.length : Number(key);
  if (!Number.isInteger(index) || index < 0 || index > parent.length) return false;
  parent.splice(index, 0, value);
  return true;
}

function get(container: Container, key: string): unknown {
  if (Array.isArray(container)) return container[Number(key)];
  return Object.hasOwn(container, key) ? container[key] : undefined;
}

/** Defines the property. An assignment to `__proto__` would change the prototype. */
function set(container: Container, key: string, value: unknown): void {
  Object.defineProperty(container, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function isIndex(segment: string | undefined): boolean {
  return segment === "-" || /^\d+$/.test(segment ?? "");
}

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}
