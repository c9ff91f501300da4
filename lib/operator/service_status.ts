import { type CountName, readCounts, sumCounts } from "../history/hourly_counts.ts";
import { type UpstreamFailure, upstreamFailureKey } from "../history/upstream_failures.ts";
import {
  type BoundedCount,
  countDeadLetters,
  type QueueStatus,
  readQueues,
} from "../jobs/queue_status.ts";
import type { Store } from "../kv/store.ts";
import { type HeldStarts, readHeldStarts } from "../verification/held_starts.ts";
import { JOB_KINDS, type JobKindName } from "../verification/job_kinds.ts";
import { readSweep, type SweepState } from "../verification/sweep.ts";

/** The state of the service at this moment. */
export interface ServiceStatus {
  readonly queues: Readonly<Record<JobKindName, QueueStatus>>;
  readonly deadLetters: BoundedCount;
  readonly sweep: SweepState;
  readonly heldStarts: HeldStarts;
  readonly lastFailures: Readonly<Record<"jumio" | "kratos", UpstreamFailure | null>>;
  /** The present hour, and the whole one before it. */
  readonly lastHours: Readonly<Record<CountName, number>>;
  readonly lastDay: Readonly<Record<CountName, number>>;
}

/** Reads the status. The cost is bounded, whatever is stored. */
export async function readStatus(
  store: Store,
  { now }: { now: number },
): Promise<ServiceStatus> {
  const [[jumio, kratos], queues, deadLetters, sweep, heldStarts, hours] = await Promise.all([
    store.getMany<[UpstreamFailure, UpstreamFailure]>([
      upstreamFailureKey("jumio"),
      upstreamFailureKey("kratos"),
    ]),
    readQueues(store, { kinds: JOB_KINDS, now }),
    countDeadLetters(store),
    readSweep(store, { now }),
    readHeldStarts(store),
    readCounts(store, { now, hours: 24 }),
  ]);
  return {
    queues,
    deadLetters,
    sweep,
    heldStarts,
    lastFailures: { jumio: jumio.value, kratos: kratos.value },
    // The present hour may have just begun, so the one before it is included.
    lastHours: sumCounts(hours.slice(-2)),
    lastDay: sumCounts(hours),
  };
}
