// SPDX-License-Identifier: Apache-2.0
import type { JobKind } from "./kind.ts";
import type { Write } from "../kv/write.ts";

/** What a key in the order of due times says. */
export interface DueKey {
  /** The name of the job's kind. */
  readonly kind: string;
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly dueAt: number;
}

/**
 * The key that puts a job into the order of due times. `suffix` tells several requests for one job
 * apart. The value is null, or a stored request.
 */
export function dueKey(
  { name }: Pick<JobKind, "name">,
  { id, dueAt, suffix }: { id: string; dueAt: number; suffix?: string },
): Deno.KvKey {
  return ["due", name, dueAt, id, ...(suffix === undefined ? [] : [suffix])];
}

/** Undefined for a key that is not in the order of due times. */
export function parseDueKey([table, kind, dueAt, id]: Deno.KvKey): DueKey | undefined {
  return table === "due" ? { kind: String(kind), id: String(id), dueAt: Number(dueAt) } : undefined;
}

/** Selects the jobs of a kind in the order of due times: after one job, or due by a time. */
export function selectDue(
  { name }: Pick<JobKind, "name">,
  { after, by }: { after?: { dueAt: number; id?: string }; by?: number } = {},
): Deno.KvListSelector {
  const start: Deno.KvKey = after === undefined
    ? ["due", name]
    : after.id === undefined
    ? ["due", name, after.dueAt + 1]
    : ["due", name, after.dueAt, `${after.id}\0`];
  return { start, end: by === undefined ? ["due", `${name}\0`] : ["due", name, by + 1] };
}

/**
 * What a write makes due by `by`, by the name of the kind: the ids of the jobs that may run now. A
 * stored request does not tell whether its job may run, so it adds no id.
 */
export function jobsDueBy(
  { sets = [] }: Write,
  { by, now }: { by: number; now: number },
): ReadonlyMap<string, ReadonlySet<string>> {
  const due = new Map<string, Set<string>>();
  for (const { key, value } of sets) {
    const found = parseDueKey(key);
    if (found === undefined || found.dueAt > by) continue;
    const { kind, id, dueAt } = found;
    const ids = due.get(kind) ?? new Set();
    due.set(kind, ids);
    if (value === null && dueAt <= now) ids.add(id);
  }
  return due;
}
