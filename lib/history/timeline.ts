import { listCallbacks } from "./callbacks.ts";
import type { Store } from "../kv/store.ts";
import type { Write } from "../kv/write.ts";

/** What can have happened, in the order in which one leads to the other within a millisecond. */
export const EVENT_KINDS = [
  "operator",
  "hook",
  "start",
  "callback",
  "poll",
  "check",
  "publish",
  "confirm",
  "retry",
  "dead_letter",
] as const;

export type TimelineEventKind = typeof EVENT_KINDS[number];

/** What a line of a timeline may say: ids, words of ours, figures. Never a trait or a link. */
export type TimelineDetails = Readonly<Record<string, string | number | null>>;

export interface TimelineEvent {
  /** The form of the row. */
  readonly v: 1;
  /** Milliseconds since the epoch. Of what repeats itself, the first time. */
  readonly at: number;
  /** What happened. */
  readonly event: TimelineEventKind;
  /** What there is to say of it. */
  readonly details: TimelineDetails;
}

/** As long as a settled execution: the two explain each other. */
export const TIMELINE_LIFETIME_MS = 400 * 86_400_000;

/** Where the events of an identity or of an execution are, or those from a time on. */
export function timelineKey(subjectId: string, ...from: (number | string)[]): Deno.KvKey {
  return ["timeline", subjectId, ...from];
}

/**
 * Records an event, as a part of the write that it tells of: nothing is told that did not happen.
 *
 * What names an execution alone (a callback, a read) is recorded under the execution's id, the rest
 * under the identity's. What may repeat itself has a name in `collapsesAs`: the last one then takes
 * the place of those before it, so that no repeat and no retry makes a timeline grow.
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

/** Reads the events of an identity and its executions in the order of time, a page at once. */
export async function readTimeline(
  store: Store,
  { subjectIds, limit, cursor }: {
    subjectIds: readonly string[];
    limit: number;
    cursor?: string | undefined;
  },
): Promise<{ events: readonly TimelineEvent[]; nextCursor: string | null }> {
  const after = cursor === undefined ? undefined : parseCursor(cursor);
  const pages = await Promise.all(subjectIds.flatMap((id) => {
    const prefix = timelineKey(id);
    // The lowest key that comes after the cursor's.
    const start = after && timelineKey(id, after.at, `${after.suffix}\0`);
    const selector = start === undefined ? { prefix } : { prefix, start };
    return [listEvents(store, selector, { limit: limit + 1 }), listAccepted(store, id)];
  }));
  const found = pages.flat()
    .filter((event) => after === undefined || compareEvents(event, after) > 0)
    .sort(compareEvents);
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    events: found.slice(0, limit).map(({ value }) => value),
    nextCursor: last === undefined ? null : `${last.at}.${last.suffix}`,
  };
}

/** Where an event is in the order of a timeline. */
interface Place {
  readonly at: number;
  readonly suffix: string;
}

type FoundEvent = Place & { readonly value: TimelineEvent };

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

/** The callbacks that were taken in: each has a row of its own, that its 200 waited for. */
async function listAccepted(store: Store, workflowExecutionId: string): Promise<FoundEvent[]> {
  const callbacks = await listCallbacks(store, workflowExecutionId);
  return callbacks.map(({ status, record: { receivedAt: at } }) => ({
    at,
    suffix: toSuffix("callback", status),
    value: { v: 1, at, event: "callback", details: { outcome: "accepted", status } },
  }));
}

function toSuffix(event: TimelineEventKind, name: string): string {
  return `${EVENT_KINDS.indexOf(event)}${name}`;
}

function compareEvents(a: Place, b: Place): number {
  return a.at - b.at || (a.suffix < b.suffix ? -1 : Number(a.suffix !== b.suffix));
}

function parseCursor(cursor: string): Place {
  const dot = cursor.indexOf(".");
  return { at: Number(cursor.slice(0, dot)), suffix: cursor.slice(dot + 1) };
}
