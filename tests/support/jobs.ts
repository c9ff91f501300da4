// SPDX-License-Identifier: Apache-2.0
import type { SetTimer } from "../../lib/deadline.ts";
import { type Job, type JobRequest, readJob, requestJob } from "../../lib/jobs/job.ts";
import { createRateLimit } from "../../lib/jobs/rate_limit.ts";
import type { JobResult } from "../../lib/jobs/result.ts";
import type { JobHandler } from "../../lib/jobs/run_job.ts";
import {
  bindHandler,
  createJobRunner,
  createWakingStore,
  type JobRunner,
} from "../../lib/jobs/runner.ts";
import type { Store } from "../../lib/kv/store.ts";
import {
  PUBLISH,
  type PublishData,
  START,
  type StartData,
} from "../../lib/verification/job_kinds.ts";
import { describeJobFailure } from "../../lib/verification/work/failure.ts";
import { createTestLog } from "./memory_store.ts";

/** Reads a job and requests it. False if another write was faster. */
export async function commitRequest<Data>(
  store: Store,
  request: JobRequest<Data>,
): Promise<boolean> {
  return await store.commit(requestJob(await readJob(store, request), request));
}

/** A job that is done. */
export const DONE = { kind: "done", outcome: "applied" } as const satisfies JobResult;

/** A runner of `publish` and `start` jobs, on a clock that the test moves. */
export function createTestRunner(
  rows: Store,
  {
    publish = () => Promise.resolve(DONE),
    start = () => Promise.resolve(DONE),
    clock,
    mayClaim,
    // Nothing looks for jobs by the real clock.
    setTimer = () => () => {},
  }: {
    publish?: JobHandler<PublishData>;
    start?: JobHandler<StartData>;
    clock: { now: number };
    /** Whether starts may be claimed. */
    mayClaim?: () => Promise<boolean>;
    setTimer?: SetTimer;
  },
): { jobs: JobRunner; store: Store; lines: string[] } {
  const { log, lines } = createTestLog();
  const now = () => clock.now;
  const store = createWakingStore(rows, (write) => jobs.wakeFor(write));
  const jobs: JobRunner = createJobRunner({
    handlers: [
      bindHandler(START, {
        handle: start,
        rateLimit: createRateLimit({ kind: START, monotonic: now, perSecond: 1 }),
        mayClaim,
      }),
      bindHandler(PUBLISH, { handle: publish }),
    ],
    store,
    now,
    random: () => 0.5,
    log,
    describeFailure: describeJobFailure,
    delay: () => Promise.resolve(),
    setTimer,
  });
  return { jobs, store, lines };
}

/** Requests the publication of an identity. */
export async function requestTestPublish(
  store: Store,
  { id = "a", dueAt = 0, now = 0 } = {},
): Promise<void> {
  const data = { isConfirmation: false };
  await commitRequest(store, { kind: PUBLISH, id, data, dueAt, now });
}

/** Reads the publication of the identity `a`. */
export async function readTestPublish(store: Store): Promise<Job<PublishData> | null> {
  return (await readJob(store, { kind: PUBLISH, id: "a" })).value;
}
