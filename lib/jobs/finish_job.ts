// SPDX-License-Identifier: Apache-2.0
import { concludeJob, jobFields } from "./conclude.ts";
import { type Job, readJob, replaceJob } from "./job.ts";
import type { JobKind } from "./kind.ts";
import type { DescribeFailure, JobEnd, JobResult } from "./result.ts";
import type { Store } from "../kv/store.ts";
import { updateRows } from "../kv/update.ts";
import type { Write } from "../kv/write.ts";
import { describeError, type Log } from "../log.ts";

/**
 * How long a run waits before it tries again to commit its result. With the deadlines of KV, all
 * tries fit into a lease.
 */
const COMMIT_DELAYS_MS = [200, 1_000, 3_000, 8_000];

/** The end of a run needs this. */
export interface FinishOptions {
  readonly kind: JobKind;
  readonly store: Store;
  readonly now: () => number;
  readonly random: () => number;
  readonly delay: (ms: number) => Promise<void>;
  readonly log: Log;
  readonly describeFailure: DescribeFailure;
}

/**
 * Commits a run's result, and tries again for as long as the lease lasts. A result that cannot be
 * committed is a failure of the job: it is retried by its schedule and becomes a dead letter in the
 * end. The job then knows what the run made outside, so that no later run makes it again.
 */
export async function finishJob(
  job: Job,
  result: JobResult | Error,
  options: FinishOptions,
): Promise<JobEnd> {
  const { kind, now, delay, log } = options;
  for (let tries = 0;; tries++) {
    try {
      return await commitResult(job, { result, data: undefined }, options);
    } catch (error) {
      const fields = { ...jobFields(kind, job), ...describeError(error) };
      const retryInMs = COMMIT_DELAYS_MS[tries] ?? Infinity;
      if (now() + retryInMs >= job.dueAt - kind.takeOverDelayMs) {
        log.error("Cannot commit what a job did", fields);
        return await commitFailure(job, { error, result }, options);
      }
      log.warn("Cannot commit what a job did yet", { ...fields, retryInMs });
      await delay(retryInMs);
    }
  }
}

/** The job fails, and keeps what the run made outside. */
async function commitFailure(
  job: Job,
  { error, result }: { error: unknown; result: JobResult | Error },
  options: FinishOptions,
): Promise<JobEnd> {
  const failure = error instanceof Error ? error : new Error("KV threw what is not an error");
  const data = "made" in result ? result.made : undefined;
  return await commitResult(job, { result: failure, data }, options);
}

/**
 * Commits a result together with the job's own change, and only under its lease. If the job was
 * requested again during the run, that request is kept.
 */
async function commitResult(
  job: Job,
  { result, data }: {
    result: JobResult | Error;
    /** Replaces the data of the job. */
    data: unknown;
  },
  { kind, store, now, random, log, describeFailure }: FinishOptions,
): Promise<JobEnd> {
  let previous: string | null | undefined;
  const { end, report } = await updateRows<{ end: JobEnd; report: () => void }>(store, {
    action: "finish a job",
    async build() {
      const row = await readJob(store, { kind, id: job.id });
      if (row.value?.leaseId !== job.leaseId) {
        const report = () => log.warn("A lease ended before its job", jobFields(kind, job));
        return { outcome: { end: { outcome: "lease_ended" }, report } };
      }
      const held = { ...row, value: { ...row.value, data: data ?? row.value.data } };
      if (row.versionstamp === previous && !canRebuild(result)) {
        // The job is unchanged, so what the handler had read has changed: it has to run again.
        const released = replaceJob(row, { ...held.value, leaseId: null, dueAt: now() });
        return { write: released, outcome: { end: { outcome: "again" }, report() {} } };
      }
      previous = row.versionstamp;
      const own = { result, write: await writeOf(result) };
      const after = concludeJob(held, { ...own, kind, describeFailure, now: now(), random });
      const { write, end, logLine: { level, message, fields } } = after;
      return { write, outcome: { end, report: () => log[level](message, fields) } };
    },
  });
  report();
  return end;
}

function canRebuild(result: JobResult | Error): boolean {
  return "buildWrite" in result;
}

async function writeOf(result: JobResult | Error): Promise<Write> {
  if ("buildWrite" in result && result.buildWrite !== undefined) return await result.buildWrite();
  return "write" in result ? result.write ?? {} : {};
}
