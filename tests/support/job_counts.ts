// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { jobCountKey } from "../../lib/jobs/job.ts";
import { JOB_KINDS } from "../../lib/verification/job_kinds.ts";

/** Asserts that the sums of jobs match their rows. No instance may be running. */
export async function assertJobsCounted(kvPath: string): Promise<void> {
  using kv = await Deno.openKv(kvPath);
  for (const kind of JOB_KINDS) {
    const jobs = await Array.fromAsync(kv.list({ prefix: ["job", kind.name] }));
    const count = await kv.get<Deno.KvU64>(jobCountKey(kind));
    assert.equal(count.value?.value ?? 0n, BigInt(jobs.length), `the count of ${kind.name} jobs`);
  }
}
