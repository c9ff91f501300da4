import * as z from "zod";

const Operation = z.object({
  op: z.enum(["add", "replace", "remove"]),
  path: z.string().startsWith("/"),
  value: z.optional(z.unknown()),
});

const DENIED = [/^\/id$/i, /^\/stateChangedAt$/i, /^\/credentials/i];

type Json = Record<string, unknown>;

/**
 * Applies a JSON Patch by Kratos's own rules: `replace` of what is missing is an `add`, missing
 * parents are created, `test`, `move` and `copy` are refused, and one bad operation refuses all.
 *
 * Returns the patched copy, or undefined where Kratos answers 400.
 */
export function applyPatch(document: Json, patch: unknown): Json | undefined {
  const operations = z.array(Operation).safeParse(patch);
  if (!operations.success) return undefined;
  const patched = structuredClone(document);
  for (const { op, path, value } of operations.data) {
    if (DENIED.some((denied) => denied.test(path))) return undefined;
    const segments = path.slice(1).split("/").map((segment) =>
      segment.replaceAll("~1", "/").replaceAll("~0", "~")
    );
    const last = segments.pop() ?? "";
    const parent = findParent(patched, segments, op !== "remove");
    if (parent === undefined) return undefined;
    if (op === "remove") {
      if (!(last in parent)) return undefined;
      delete parent[last];
    } else {
      parent[last] = value;
    }
  }
  return patched;
}

function findParent(
  document: Json,
  segments: readonly string[],
  createsParents: boolean,
): Json | undefined {
  let parent = document;
  for (const segment of segments) {
    parent[segment] ??= createsParents ? {} : undefined;
    const next = parent[segment];
    if (typeof next !== "object" || next === null || Array.isArray(next)) return undefined;
    parent = next as Json; // an object that is no list, by the line before
  }
  return parent;
}
