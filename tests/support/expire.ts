// SPDX-License-Identifier: Apache-2.0
import { type Job, readJob } from "../../lib/jobs/job.ts";
import type { JobResult } from "../../lib/jobs/result.ts";
import type { Store } from "../../lib/kv/store.ts";
import {
  EXPIRE,
  type ExpireData,
  PUBLISH,
  type PublishData,
} from "../../lib/verification/job_kinds.ts";
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import { handleExpire } from "../../lib/verification/work/expire.ts";
import { createTestLog } from "./memory_store.ts";
import { createJob, createTestSpan, IDENTITY_ID } from "./verification_rows.ts";

/** Runs the handler of the job that ends a validity, and commits what it writes. */
export async function runExpire(
  store: Store,
  { now, ...data }: { now: number } & Partial<ExpireData>,
): Promise<{ result: JobResult<ExpireData>; record: Verification | null; lines: string[] }> {
  const { log, lines } = createTestLog();
  const job = createJob(EXPIRE, {
    id: IDENTITY_ID,
    data: { announced: null, endedAt: null, ...data },
  });
  const result = await handleExpire(job, createTestSpan("trace"), { store, now: () => now, log });
  if ("write" in result && result.write !== undefined) await store.commit(result.write);
  const { value: record } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  return { result, record, lines };
}

/** The publication that was requested. */
export async function readPublish(store: Store): Promise<Job<PublishData> | null> {
  return (await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value;
}
