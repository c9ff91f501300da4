import { type CountName, readCounts, sumCounts } from "../history/hourly_counts.ts";
import { type UpstreamFailure, upstreamFailureKey } from "../jobs/record.ts";
import { JOB_KINDS, jobCountKey, type JobKind, parseJobCount } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";
import type { Sum } from "../kv/write.ts";

/** Rows are counted up to here. Whoever has more need not know how many more. */
const MAX_COUNTED = 1_000;

/** How many there are, or that there are more than are counted. */
export interface BoundedCount {
  readonly count: number;
  readonly isMore: boolean;
}

/** What waits of one kind of job. */
export interface QueueStatus {
  /** However many there are: each was counted as it came, and none is looked for. */
  readonly waiting: number;
  /** How many of them are due now. */
  readonly due: BoundedCount;
  /** Undefined in an empty queue. A time in the past that stays is work that nobody does. */
  readonly oldestDueAt: number | undefined;
}

/** How the service does at this moment. */
export interface ServiceStatus {
  readonly queues: Readonly<Record<JobKind, QueueStatus>>;
  /** By their rows, of which there should be none: whoever is told of none can rely on it. */
  readonly deadLetters: BoundedCount;
  readonly lastFailures: Readonly<Record<"jumio" | "kratos", UpstreamFailure | null>>;
  /** The present hour, and the whole one before it. */
  readonly lastHours: Readonly<Record<CountName, number>>;
  readonly lastDay: Readonly<Record<CountName, number>>;
}

/** Reads it. The cost is that of what is due and of dead letters up to a bound, whatever is stored. */
export async function readStatus(
  store: Store,
  { now }: { now: number },
): Promise<ServiceStatus> {
  const [[jumio, kratos, ...counts], dueJobs, letters, hours] = await Promise.all([
    store.getMany<[UpstreamFailure, UpstreamFailure, ...Sum[]]>([
      upstreamFailureKey("jumio"),
      upstreamFailureKey("kratos"),
      ...JOB_KINDS.map(jobCountKey),
    ]),
    Promise.all(JOB_KINDS.map((kind) => lookAtDue(store, { kind, now }))),
    store.list({ prefix: ["dead_letter"] }, { limit: MAX_COUNTED + 1 }),
    readCounts(store, { now, hours: 24 }),
  ]);
  const queues = dueJobs.map(({ kind, due, oldestDueAt }, index) => {
    // What is due is there, even where the sum does not know of it.
    const waiting = Math.max(parseJobCount(counts[index]?.value ?? null), due.count);
    return [kind, { waiting, due, oldestDueAt }];
  });
  return {
    queues: Object.fromEntries(queues),
    deadLetters: toBoundedCount(letters),
    lastFailures: { jumio: jumio.value, kratos: kratos.value },
    // The present hour may have only begun: with the one before it.
    lastHours: sumCounts(hours.slice(-2)),
    lastDay: sumCounts(hours),
  };
}

/** Where nothing is due it reads one row, however long the queue is. */
async function lookAtDue(
  store: Store,
  { kind, now }: { kind: JobKind; now: number },
): Promise<{ kind: JobKind; due: BoundedCount; oldestDueAt: number | undefined }> {
  const prefix = ["due", kind];
  const [first] = await store.list({ prefix }, { limit: 1 });
  const oldestDueAt = first === undefined ? undefined : Number(first.key[2]);
  const rows = oldestDueAt === undefined || oldestDueAt > now
    ? []
    : await store.list({ prefix, end: [...prefix, now + 1] }, { limit: MAX_COUNTED + 1 });
  return { kind, due: toBoundedCount(rows), oldestDueAt };
}

function toBoundedCount(rows: readonly unknown[]): BoundedCount {
  const isMore = rows.length > MAX_COUNTED;
  return { count: isMore ? MAX_COUNTED : rows.length, isMore };
}
