// SPDX-License-Identifier: Apache-2.0
import { listCallbacks } from "./callbacks.ts";
import type { Store } from "../kv/store.ts";
import type { Write } from "../kv/write.ts";

/** In the order in which events of the same millisecond are listed: causes before effects. */
export const EVENT_KINDS = [
  "operator",
  "hook",
  "start",
  "callback",
  "poll",
  "check",
  "expire",
  "publish",
  "confirm",
  "retry",
  "dead_letter",
  "sweep",
  "notify",
  "view",
] as const;

export type TimelineEventKind = typeof EVENT_KINDS[number];

/** Ids, our own words and numbers. Never a trait or a link. */
export type TimelineDetails = Readonly<Record<string, string | number | null>>;

export interface TimelineEvent {
  readonly v: 1;
  /** For a repeated event, the first time. */
  readonly at: number;
  readonly event: TimelineEventKind;
  readonly details: TimelineDetails;
}

/** The same as for a settled execution, because each explains the other. */
export const TIMELINE_LIFETIME_MS = 400 * 86_400_000;

/**
 * The key of the events of an identity or an execution; with `from`, of its events from a time on.
 */
export function timelineKey(subjectId: string, ...from: (number | string)[]): Deno.KvKey {
  return ["timeline", subjectId, ...from];
}

/**
 * Records an event, as a part of the write that it describes. So an event is recorded exactly if
 * that write was committed.
 *
 * Events that know only an execution (a callback, a check) are recorded under the id of the
 * execution, all others under the id of the identity. Events with the same time, kind and
 * `collapsesAs` replace each other, so that repeats and retries do not make a timeline grow.
 */
export function recordEvent(
  subjectId: string,
  { at, event, details, collapsesAs }: Omit<TimelineEvent, "v"> & { collapsesAs?: string },
): Write {
  const suffix = toSuffix(event, collapsesAs ?? crypto.randomUUID().slice(0, 8));
  const value: TimelineEvent = { v: 1, at, event, details };
  const key = timelineKey(subjectId, at, suffix);
  return { sets: [{ key, value, expireInMs: TIMELINE_LIFETIME_MS }] };
}

/** Reads one page of the events of an identity and its executions, oldest first. */
export async function readTimeline(
  store: Store,
  { subjectIds, since = 0, until = Number.MAX_SAFE_INTEGER, limit, cursor }: {
    subjectIds: readonly string[];
    /** Events of this time or later. */
    since?: number | undefined;
    /** Events before this time. */
    until?: number | undefined;
    limit: number;
    cursor?: string | undefined;
  },
): Promise<{ events: readonly TimelineEvent[]; nextCursor: string | null }> {
  const after = cursor === undefined ? undefined : parseCursor(cursor);
  // KV rejects a range that ends before it begins.
  if (Math.max(since, after?.at ?? since) >= until) return { events: [], nextCursor: null };
  const pages = await Promise.all(subjectIds.flatMap((id) => {
    // The lowest key after the key of the cursor.
    const isBegun = after !== undefined && after.at >= since;
    const start = isBegun ? timelineKey(id, after.at, `${after.suffix}\0`) : timelineKey(id, since);
    const range = { start, end: timelineKey(id, until) };
    return [listEvents(store, range, { limit: limit + 1 }), listAccepted(store, id)];
  }));
  const found = pages.flat()
    .filter((event) => after === undefined || compareEvents(event, after) > 0)
    .filter(({ at }) => since <= at && at < until)
    .sort(compareEvents);
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    events: found.slice(0, limit).map(({ value }) => value),
    nextCursor: last === undefined ? null : `${last.at}.${last.suffix}`,
  };
}

/** Finds the next subject that has events: an identity, an execution, or the whole service. */
export async function findSubject(
  store: Store,
  { after }: { after: string | undefined },
): Promise<string | undefined> {
  const prefix = ["timeline"];
  const start = timelineKey(`${after}\0`);
  const selector = after === undefined ? { prefix } : { prefix, start };
  const [row] = await store.list<TimelineEvent>(selector, { limit: 1 });
  return row && String(row.key[1]);
}

/** The position of an event in a timeline. */
interface Position {
  readonly at: number;
  readonly suffix: string;
}

type FoundEvent = Position & { readonly value: TimelineEvent };

async function listEvents(
  store: Store,
  selector: Deno.KvListSelector,
  options: { limit: number },
): Promise<FoundEvent[]> {
  const rows = await store.list<TimelineEvent>(selector, options);
  return rows.flatMap(({ key, value }) =>
    value === null ? [] : [{ at: value.at, suffix: String(key[3]), value }]
  );
}

/**
 * Lists accepted callbacks as events. They have rows of another kind, which also make them
 * idempotent.
 */
async function listAccepted(store: Store, workflowExecutionId: string): Promise<FoundEvent[]> {
  const callbacks = await listCallbacks(store, workflowExecutionId);
  return callbacks.map(({ status, record: { receivedAt: at } }) => ({
    at,
    suffix: toSuffix("callback", status),
    value: { v: 1, at, event: "callback", details: { outcome: "accepted", status } },
  }));
}

function toSuffix(event: TimelineEventKind, name: string): string {
  // One character, so that the order of the texts is the order of the kinds.
  return `${EVENT_KINDS.indexOf(event).toString(36)}${name}`;
}

function compareEvents(a: Position, b: Position): number {
  return a.at - b.at || (a.suffix < b.suffix ? -1 : Number(a.suffix !== b.suffix));
}

function parseCursor(cursor: string): Position {
  const dot = cursor.indexOf(".");
  return { at: Number(cursor.slice(0, dot)), suffix: cursor.slice(dot + 1) };
}
