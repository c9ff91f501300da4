// SPDX-License-Identifier: Apache-2.0
import { findSubject, readTimeline, type TimelineEvent, timelineKey } from "../history/timeline.ts";
import type { Store } from "../kv/store.ts";
import {
  type Execution,
  executionKey,
  identityExecutionKey,
  listExecutions,
} from "../verification/executions.ts";
import { findTombstone, type Tombstone, tombstoneKey } from "../verification/rows.ts";

/** Each costs some reads, also without an event of the wanted time, and a request has a deadline. */
const MAX_SUBJECTS = 100;

/** An event, and whose timeline it is in. */
export interface ExportedEvent {
  /** An identity, an execution of nobody, or what an action on the whole service is recorded under. */
  readonly subjectId: string;
  readonly event: TimelineEvent;
}

/** Where a page of an export ended: at an event of this subject, or after its last one. */
export interface ExportPlace {
  readonly subjectId: string;
  readonly cursor: string | null;
}

interface Range {
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/**
 * Reads one page of all timelines, one after the other in the order of their ids. A page holds at
 * most `limit` events, and one more for an erasure. It can be empty although there are more: there
 * are as long as it has a `next`.
 */
export async function exportTimelines(
  store: Store,
  { after, limit, ...range }: Range & { after: ExportPlace | undefined; limit: number },
): Promise<{ events: readonly ExportedEvent[]; next: ExportPlace | undefined }> {
  const events: ExportedEvent[] = [];
  let place = after;
  for (let visited = 0; visited < MAX_SUBJECTS && events.length < limit; visited++) {
    const { subjectId: last, cursor } = place ?? { subjectId: undefined, cursor: null };
    const subjectId = cursor === null ? await findNext(store, last) : last;
    if (subjectId === undefined) return { events, next: undefined };
    const page = await readSubject(store, subjectId, {
      ...range,
      cursor,
      limit: limit - events.length,
    });
    events.push(...page.events.map((event) => ({ subjectId, event })));
    place = { subjectId, cursor: page.nextCursor };
  }
  return { events, next: place };
}

/** Of an erased identity only the tombstone is left. */
async function findNext(store: Store, after: string | undefined): Promise<string | undefined> {
  const found = await Promise.all([findSubject(store, { after }), findTombstone(store, { after })]);
  return found.filter((id) => id !== undefined).sort().at(0);
}

async function readSubject(
  store: Store,
  subjectId: string,
  { cursor, limit, ...range }: Range & { cursor: string | null; limit: number },
): Promise<{ events: readonly TimelineEvent[]; nextCursor: string | null }> {
  if (await isPartOfAnother(store, subjectId)) return { events: [], nextCursor: null };
  const executions = await listExecutions(store, subjectId);
  const subjectIds = [subjectId, ...executions.map(({ id }) => id)];
  const page = { subjectIds, ...range, limit };
  if (cursor !== null) return await readTimeline(store, { ...page, cursor });
  const [erasures, { events, nextCursor }] = await Promise.all([
    readErasure(store, subjectId, range),
    readTimeline(store, page),
  ]);
  return { events: [...erasures, ...events], nextCursor };
}

/** Whether the timeline of an identity, which is exported too, has the events of this subject. */
async function isPartOfAnother(store: Store, subjectId: string): Promise<boolean> {
  const { value: execution } = await store.get<Execution>(executionKey(subjectId));
  if (execution === null || execution.identityId === null) return false;
  const { identityId, createdAt } = execution;
  const [listed, own] = await Promise.all([
    store.get(identityExecutionKey(identityId, createdAt, subjectId)),
    store.list({ prefix: timelineKey(identityId) }, { limit: 1 }),
  ]);
  return listed.versionstamp !== null && own.length > 0;
}

/** The erasure of an identity as an event. */
async function readErasure(
  store: Store,
  identityId: string,
  { since = 0, until = Number.MAX_SAFE_INTEGER }: Range,
): Promise<readonly TimelineEvent[]> {
  const { value: tombstone } = await store.get<Tombstone>(tombstoneKey(identityId));
  if (tombstone === null) return [];
  const { requestedAt: at, by, secretId, erasedAt } = tombstone;
  const details = { action: "erase", "erased_at": erasedAt, by, "secret_id": secretId };
  return since <= at && at < until ? [{ v: 1, at, event: "operator", details }] : [];
}
