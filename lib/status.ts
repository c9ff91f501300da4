import { type CountName, readCounts, sumCounts } from "./counts.ts";
import { type UpstreamFailure, upstreamFailureKey } from "./job_record.ts";
import { JOB_KINDS, type JobKind } from "./jobs.ts";
import type { Store } from "./store.ts";

/** Rows are counted up to here. Whoever has more need not know how many more. */
const MAX_COUNTED = 1_000;

/** How many there are, or that there are more than are counted. */
export interface BoundedCount {
  readonly count: number;
  readonly isMore: boolean;
}

/** What waits of one kind of job. */
export interface QueueStatus extends BoundedCount {
  /** How many of those counted are due now. */
  readonly due: number;
  /** Undefined in an empty queue. A time in the past that stays is work that nobody does. */
  readonly oldestDueAt: number | undefined;
}

/** How the service does at this moment. */
export interface ServiceStatus {
  readonly queues: Readonly<Record<JobKind, QueueStatus>>;
  readonly deadLetters: BoundedCount;
  readonly lastFailures: Readonly<Record<"jumio" | "kratos", UpstreamFailure | null>>;
  /** The present hour, and the whole one before it. */
  readonly lastHours: Readonly<Record<CountName, number>>;
  readonly lastDay: Readonly<Record<CountName, number>>;
}

/** Reads it. The cost has an upper bound, whatever is stored. */
export async function readStatus(
  store: Store,
  { now }: { now: number },
): Promise<ServiceStatus> {
  const [queues, letters, jumio, kratos, hours] = await Promise.all([
    Promise.all(JOB_KINDS.map(async (kind) => [kind, await readQueue(store, { kind, now })])),
    store.list({ prefix: ["dead_letter"] }, { limit: MAX_COUNTED + 1 }),
    store.get<UpstreamFailure>(upstreamFailureKey("jumio")),
    store.get<UpstreamFailure>(upstreamFailureKey("kratos")),
    readCounts(store, { now, hours: 24 }),
  ]);
  return {
    queues: Object.fromEntries(queues),
    deadLetters: toBoundedCount(letters),
    lastFailures: { jumio: jumio.value, kratos: kratos.value },
    // The present hour may have only begun: with the one before it.
    lastHours: sumCounts(hours.slice(-2)),
    lastDay: sumCounts(hours),
  };
}

async function readQueue(
  store: Store,
  { kind, now }: { kind: JobKind; now: number },
): Promise<QueueStatus> {
  const rows = await store.list({ prefix: ["due", kind] }, { limit: MAX_COUNTED + 1 });
  const dueTimes = rows.map(({ key }) => Number(key[2]));
  const counted = toBoundedCount(rows);
  return {
    ...counted,
    due: dueTimes.slice(0, counted.count).filter((dueAt) => dueAt <= now).length,
    oldestDueAt: dueTimes[0],
  };
}

function toBoundedCount(rows: readonly unknown[]): BoundedCount {
  const isMore = rows.length > MAX_COUNTED;
  return { count: isMore ? MAX_COUNTED : rows.length, isMore };
}
