// SPDX-License-Identifier: Apache-2.0
import { type CountName, readCounts, sumCounts } from "../history/hourly_counts.ts";
import {
  type UpstreamFailure,
  upstreamFailureKey,
  type WatchedUpstream,
} from "../history/upstream_failures.ts";
import { listDeadLetters } from "../jobs/dead_letters.ts";
import { listFailing } from "../jobs/failing.ts";
import { type Pause, readPause } from "../jobs/pause.ts";
import {
  type BoundedCount,
  countRows,
  type QueueStatus,
  readQueues,
} from "../jobs/queue_status.ts";
import { BAD_ROWS } from "../kv/parsed_store.ts";
import type { Store } from "../kv/store.ts";
import { type HeldStarts, readHeldStarts } from "../verification/held_starts.ts";
import { JOB_KINDS, type JobKindName, NOTIFY } from "../verification/job_kinds.ts";
import { statusIndexPrefix } from "../verification/rows.ts";
import { readSweep, type SweepState } from "../verification/sweep.ts";
import type { Need } from "./need.ts";
import { listNeeds, type NeedSources } from "./needs.ts";

/** The state of the service at this moment. */
export interface ServiceStatus {
  readonly queues: Readonly<Record<JobKindName, QueueStatus>>;
  readonly deadLetters: BoundedCount;
  /** What needs an operator. Empty: nothing does. */
  readonly needs: readonly Need[];
  readonly sweep: SweepState;
  readonly heldStarts: HeldStarts;
  /** Not null while no events are delivered, because the application answered 410. */
  readonly eventsPause: Pause | null;
  readonly lastFailures: Readonly<Record<WatchedUpstream, UpstreamFailure | null>>;
  /** The present hour, and the whole one before it. */
  readonly lastHours: Readonly<Record<CountName, number>>;
  readonly lastDay: Readonly<Record<CountName, number>>;
}

/** A row that was set aside can be large, so few are counted. */
const MAX_BAD_ROWS = 100;

/** Dead letters are read up to this number. */
const MAX_LETTERS = 1_000;

/** Reads the status. The cost is bounded, whatever is stored. */
export async function readStatus(
  store: Store,
  { now }: { now: number },
): Promise<ServiceStatus> {
  const [failures, hours, sources] = await Promise.all([
    store.getMany<[UpstreamFailure, UpstreamFailure, UpstreamFailure]>([
      upstreamFailureKey("jumio"),
      upstreamFailureKey("kratos"),
      upstreamFailureKey("receiver"),
    ]),
    readCounts(store, { now, hours: 24 }),
    readSources(store, { now }),
  ]);
  const [jumio, kratos, receiver] = failures;
  const { queues, deadLetters, sweep, heldStarts, eventsPause } = sources;
  const needs = listNeeds(sources, { now });
  return {
    needs,
    queues,
    deadLetters: { count: deadLetters.letters.length, isMore: deadLetters.hasMore },
    sweep,
    heldStarts,
    eventsPause,
    lastFailures: { jumio: jumio.value, kratos: kratos.value, receiver: receiver.value },
    // The present hour may have just begun, so the one before it is included.
    lastHours: sumCounts(hours.slice(-2)),
    lastDay: sumCounts(hours),
  };
}

async function readSources(store: Store, { now }: { now: number }): Promise<NeedSources> {
  const [queues, deadLetters, failing, heldStarts, eventsPause, sweep, badRows, reviews] =
    await Promise
      .all([
        readQueues(store, { kinds: JOB_KINDS, now }),
        listDeadLetters(store, { limit: MAX_LETTERS }),
        readFailing(store),
        readHeldStarts(store),
        readPause(store, NOTIFY),
        readSweep(store, { now }),
        readBadRows(store),
        readReviews(store),
      ]);
  return {
    queues,
    deadLetters,
    failing,
    heldStarts,
    eventsPause: eventsPause.value,
    sweep,
    badRows,
    reviews,
  };
}

async function readFailing(store: Store): Promise<NeedSources["failing"]> {
  const lists = await Promise.all(
    JOB_KINDS.map(async (kind) => [kind.name, await listFailing(store, { kind })] as const),
  );
  // There is one list for each kind, which `fromEntries` cannot say.
  return Object.fromEntries(lists) as NeedSources["failing"];
}

async function readBadRows(store: Store): Promise<NeedSources["badRows"]> {
  const rows = await store.list({ prefix: BAD_ROWS }, { limit: MAX_BAD_ROWS + 1 });
  const [oldest] = rows;
  return {
    count: Math.min(rows.length, MAX_BAD_ROWS),
    isMore: rows.length > MAX_BAD_ROWS,
    // The time when it was set aside follows the prefix.
    oldestAt: oldest === undefined ? null : Number(oldest.key[1]),
  };
}

async function readReviews(store: Store): Promise<NeedSources["reviews"]> {
  const prefix = statusIndexPrefix("review");
  const [bounded, [oldest]] = await Promise.all([
    countRows(store, { prefix }),
    store.list({ prefix }, { limit: 1 }),
  ]);
  // The list of a status is in the order of time.
  return { ...bounded, oldestAt: oldest === undefined ? null : Number(oldest.key[2]) };
}
