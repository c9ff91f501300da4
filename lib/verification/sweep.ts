// SPDX-License-Identifier: Apache-2.0
import { SWEEP, SWEEP_ID, type SweepCounts, type SweepData } from "./job_kinds.ts";
import { tombstoneKey, verificationKey } from "./rows.ts";
import { isLeased, type Job, jobKey } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";
import type { Write } from "../kv/write.ts";

/** How a sweep ended. */
export interface SweepReport {
  readonly v: 1;
  readonly startedAt: number;
  readonly endedAt: number;
  /** `stopped`: too many identities differed, so nothing was repaired. */
  readonly end: "finished" | "stopped";
  readonly requestedBy: string | null;
  readonly counts: SweepCounts;
  /** The first of the identities that were never started. */
  readonly neverStartedIds: readonly string[];
}

/** The sweep at this moment. */
export interface SweepState {
  /**
   * - `stopped`: waits for an operator. `off`: neither the schedule nor an operator asks for one.
   */
  readonly state: "under_way" | "waiting" | "stopped" | "off";
  /** When the next step or the next sweep is due. */
  readonly dueAt: number | undefined;
  /** Only while a sweep is under way. */
  readonly progress: SweepData | undefined;
  readonly last: SweepReport | null;
  readonly lastDryRun: SweepReport | null;
  /** People whom the last sweep found registered and never started, without those started since. */
  readonly neverStarted: number;
}

/** The first page of a sweep. */
export const NO_SWEEP_COUNTS: SweepCounts = {
  lookedAt: 0,
  differing: 0,
  published: 0,
  adopting: 0,
  failed: 0,
  neverStarted: 0,
  started: 0,
};

/** How many rows KV reads at once. */
const MAX_READ = 10;

/** The key of the report of the last sweep, or of the last dry run. */
export function sweepReportKey({ isDryRun }: { isDryRun: boolean }): Deno.KvKey {
  return ["sweep", isDryRun ? "dry_run" : "last"];
}

/** Takes an erased identity out of the reports. A dry run may never be followed by another one. */
export async function removeFromReports(store: Store, identityId: string): Promise<Write> {
  const rows = await store.getMany<[SweepReport, SweepReport]>([
    sweepReportKey({ isDryRun: false }),
    sweepReportKey({ isDryRun: true }),
  ]);
  const named = rows.filter(({ value }) => value?.neverStartedIds.includes(identityId));
  return {
    checks: named,
    sets: named.map(({ key, value }) => {
      const neverStartedIds = value?.neverStartedIds.filter((id) => id !== identityId);
      return { key, value: { ...value, neverStartedIds } };
    }),
  };
}

/** The data of a sweep that has not begun. */
export function createSweep(
  { requestedBy = null, isDryRun = false, isConfirmed = false }: Partial<
    Pick<SweepData, "requestedBy" | "isDryRun" | "isConfirmed">
  > = {},
): SweepData {
  return {
    startedAt: null,
    requestedBy,
    isDryRun,
    isConfirmed,
    pageToken: null,
    isListed: false,
    toRepair: [],
    toStart: [],
    neverStartedIds: [],
    counts: NO_SWEEP_COUNTS,
  };
}

/** Whether a sweep has begun, or begins now. */
export function isSweeping(job: Job<SweepData> | null, now: number): boolean {
  if (job === null) return false;
  if (job.data.startedAt !== null || job.failures > 0) return true;
  return isLeased(job, now) || job.dueAt <= now;
}

/** Reads the state of the sweep. The cost is bounded. */
export async function readSweep(store: Store, { now }: { now: number }): Promise<SweepState> {
  const [job, last, dryRun] = await store.getMany<[Job<SweepData>, SweepReport, SweepReport]>([
    jobKey(SWEEP, SWEEP_ID),
    sweepReportKey({ isDryRun: false }),
    sweepReportKey({ isDryRun: true }),
  ]);
  const isUnderWay = isSweeping(job.value, now);
  const isStopped = last.value?.end === "stopped";
  return {
    state: isUnderWay
      ? "under_way"
      : isStopped
      ? "stopped"
      : job.value === null
      ? "off"
      : "waiting",
    dueAt: job.value?.dueAt,
    progress: isUnderWay ? job.value?.data : undefined,
    last: last.value,
    lastDryRun: dryRun.value,
    neverStarted: await countNeverStarted(store, last.value),
  };
}

/** Leaves out people who were started since the sweep, as far as it listed them. */
async function countNeverStarted(store: Store, report: SweepReport | null): Promise<number> {
  if (report === null) return 0;
  const { counts: { neverStarted }, neverStartedIds } = report;
  const keys = neverStartedIds.flatMap((id) => [verificationKey(id), tombstoneKey(id)]);
  let known = 0;
  for (let first = 0; first < keys.length; first += MAX_READ) {
    const rows = await store.getMany<unknown[]>(keys.slice(first, first + MAX_READ));
    // An erased identity has a tombstone instead of a record.
    known += rows.filter(({ value }) => value !== null).length;
  }
  return Math.max(0, neverStarted - known);
}
