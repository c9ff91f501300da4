import { type CountName, readCounts, sumCounts } from "../history/hourly_counts.ts";
import {
  type UpstreamFailure,
  upstreamFailureKey,
  type WatchedUpstream,
} from "../history/upstream_failures.ts";
import { type Pause, readPause } from "../jobs/pause.ts";
import {
  type BoundedCount,
  countDeadLetters,
  type QueueStatus,
  readQueues,
} from "../jobs/queue_status.ts";
import type { Store } from "../kv/store.ts";
import { type HeldStarts, readHeldStarts } from "../verification/held_starts.ts";
import { JOB_KINDS, type JobKindName, NOTIFY } from "../verification/job_kinds.ts";
import { readSweep, type SweepState } from "../verification/sweep.ts";

/** The state of the service at this moment. */
export interface ServiceStatus {
  readonly queues: Readonly<Record<JobKindName, QueueStatus>>;
  readonly deadLetters: BoundedCount;
  readonly sweep: SweepState;
  readonly heldStarts: HeldStarts;
  /** Not null while no events are delivered, because the application answered 410. */
  readonly eventsPause: Pause | null;
  readonly lastFailures: Readonly<Record<WatchedUpstream, UpstreamFailure | null>>;
  /** The present hour, and the whole one before it. */
  readonly lastHours: Readonly<Record<CountName, number>>;
  readonly lastDay: Readonly<Record<CountName, number>>;
}

/** Reads the status. The cost is bounded, whatever is stored. */
export async function readStatus(
  store: Store,
  { now }: { now: number },
): Promise<ServiceStatus> {
  const [failures, pause, queues, deadLetters, sweep, heldStarts, hours] = await Promise.all([
    store.getMany<[UpstreamFailure, UpstreamFailure, UpstreamFailure]>([
      upstreamFailureKey("jumio"),
      upstreamFailureKey("kratos"),
      upstreamFailureKey("receiver"),
    ]),
    readPause(store, NOTIFY),
    readQueues(store, { kinds: JOB_KINDS, now }),
    countDeadLetters(store),
    readSweep(store, { now }),
    readHeldStarts(store),
    readCounts(store, { now, hours: 24 }),
  ]);
  const [jumio, kratos, receiver] = failures;
  return {
    queues,
    deadLetters,
    sweep,
    heldStarts,
    eventsPause: pause.value,
    lastFailures: { jumio: jumio.value, kratos: kratos.value, receiver: receiver.value },
    // The present hour may have just begun, so the one before it is included.
    lastHours: sumCounts(hours.slice(-2)),
    lastDay: sumCounts(hours),
  };
}
