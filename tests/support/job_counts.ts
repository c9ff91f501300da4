import assert from "node:assert/strict";
import { JOB_KINDS, jobCountKey } from "../../lib/jobs/job.ts";

/** Asserts that the counts of jobs are those of their rows. No instance may be at work on them. */
export async function assertJobsCounted(kvPath: string): Promise<void> {
  using kv = await Deno.openKv(kvPath);
  for (const kind of JOB_KINDS) {
    const jobs = await Array.fromAsync(kv.list({ prefix: ["job", kind] }));
    const count = await kv.get<Deno.KvU64>(jobCountKey(kind));
    assert.equal(count.value?.value ?? 0n, BigInt(jobs.length), `the count of ${kind} jobs`);
  }
}
