// SPDX-License-Identifier: Apache-2.0
import { deadLetterPrefix } from "./dead_letters.ts";
import { parseDueKey, selectDue } from "./due.ts";
import { isRefused, listFailing } from "./failing.ts";
import { type Job, jobCountKey, jobPrefix, parseJobCount, readJob } from "./job.ts";
import type { JobKind } from "./kind.ts";
import type { StoredRequest } from "./stored_request.ts";
import type { Store } from "../kv/store.ts";
import type { Row, Sum } from "../kv/write.ts";

/** Rows are counted up to this number. */
const MAX_COUNTED = 1_000;

/** How many of the due jobs are read to find the oldest one. */
const MAX_AGED = 10;

/** A number of rows, or that there are more than `count`. */
export interface BoundedCount {
  readonly count: number;
  readonly isMore: boolean;
}

/** The jobs of one kind that wait. */
export interface QueueStatus {
  /** All of them, from a sum: its cost does not depend on their number. */
  readonly waiting: number;
  readonly due: BoundedCount;
  /** Undefined for an empty queue. A time in the past that stays means that nothing is working. */
  readonly oldestDueAt: number | undefined;
}

/** How many jobs of a kind are due, how long the oldest has waited, and how many were given up. */
export interface QueueDepth {
  readonly due: number;
  readonly oldestMs: number;
  readonly deadLetters: number;
  /** Failing jobs that an upstream refuses by a 4xx. */
  readonly refused: number;
}

/** Reads the status of each kind's queue. Reads two rows of a queue in which nothing is due. */
export async function readQueues<Name extends string>(
  store: Store,
  { kinds, now }: { kinds: readonly Pick<JobKind<unknown, Name>, "name">[]; now: number },
): Promise<Readonly<Record<Name, QueueStatus>>> {
  const [sums, queues] = await Promise.all([
    store.getMany<Sum[]>(kinds.map(jobCountKey)),
    Promise.all(kinds.map((kind) => readDue(store, { kind, now }))),
  ]);
  const entries = queues.map(({ name, due, oldestDueAt }, index): [Name, QueueStatus] => {
    // The sum does not include jobs that were stored before there was a sum.
    const waiting = Math.max(parseJobCount(sums[index]?.value ?? null), due.count);
    return [name, { waiting, due, oldestDueAt }];
  });
  // There is one entry for each name, which `fromEntries` cannot say.
  return Object.fromEntries(entries) as Record<Name, QueueStatus>;
}

/** Reads how deep a kind's queue is, up to 1,000 jobs. Its cost is bounded as well. */
export async function readQueueDepth(
  store: Store,
  { kind, now }: { kind: JobKind; now: number },
): Promise<QueueDepth> {
  const limit = { limit: MAX_COUNTED };
  const due = await store.list<StoredRequest>(selectDue(kind, { by: now }), limit);
  const letters = await store.list({ prefix: deadLetterPrefix(kind) }, limit);
  const ages = await Promise.all(
    due.slice(0, MAX_AGED).map((row) => readAge(store, { row, kind, now })),
  );
  const { jobs: failing } = await listFailing(store, { kind });
  return {
    due: due.length,
    oldestMs: Math.max(0, ...ages),
    deadLetters: letters.length,
    refused: failing.filter(isRefused).length,
  };
}

/** Reads how long the oldest job of a kind has existed. Of over 1,000 jobs it looks at 1,000. */
export async function readOldestMs(
  store: Store,
  { kind, now }: { kind: JobKind; now: number },
): Promise<number> {
  const jobs = await store.list<Job>({ prefix: jobPrefix(kind) }, { limit: MAX_COUNTED });
  const ages = jobs.flatMap(({ value }) => value === null ? [] : [now - value.createdAt]);
  return Math.max(0, ...ages);
}

async function readDue<Name extends string>(
  store: Store,
  { kind, now }: { kind: Pick<JobKind<unknown, Name>, "name">; now: number },
): Promise<Omit<QueueStatus, "waiting"> & { name: Name }> {
  const [first] = await store.list(selectDue(kind), { limit: 1 });
  const oldestDueAt = first && parseDueKey(first.key)?.dueAt;
  const due = oldestDueAt === undefined || oldestDueAt > now
    ? { count: 0, isMore: false }
    : await countRows(store, selectDue(kind, { by: now }));
  return { name: kind.name, due, oldestDueAt };
}

/** Counts rows up to 1,000, so that 0 is exact. */
export async function countRows(
  store: Store,
  selector: Deno.KvListSelector,
): Promise<BoundedCount> {
  const rows = await store.list(selector, { limit: MAX_COUNTED + 1 });
  const isMore = rows.length > MAX_COUNTED;
  return { count: isMore ? MAX_COUNTED : rows.length, isMore };
}

async function readAge(
  store: Store,
  { row: { key, value: request }, kind, now }: {
    row: Row<StoredRequest>;
    kind: JobKind;
    now: number;
  },
): Promise<number> {
  const { id, dueAt } = parseDueKey(key) ?? { id: "", dueAt: now };
  if (request !== null) return now - dueAt;
  const { value: job } = await readJob(store, { kind, id });
  return job === null ? 0 : now - dueSince(job);
}

/** A restart is due before it was created, to be first in the queue. It has not waited that long. */
function dueSince({ dueAt, createdAt }: Job): number {
  return Math.max(dueAt, createdAt);
}
