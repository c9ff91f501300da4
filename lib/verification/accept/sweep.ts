// SPDX-License-Identifier: Apache-2.0
import { SWEEP, SWEEP_ID, type SweepData } from "../job_kinds.ts";
import { requestSweep } from "../requests.ts";
import { createSweep, isSweeping, type SweepReport, sweepReportKey } from "../sweep.ts";
import { type Operator, recordAction } from "../../history/operator_action.ts";
import { deleteJob, type Job, jobKey, replaceJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { type Update, updateRows } from "../../kv/update.ts";
import { mergeWrites, type Row } from "../../kv/write.ts";

const HOUR_MS = 3_600_000;

/** An instance that has just started works on what has waited before it begins a sweep. */
const PLAN_AHEAD_MS = 60_000;

interface Rows {
  readonly job: Row<Job<SweepData>>;
  readonly last: Row<SweepReport>;
}

/**
 * Makes sure that the next sweep is planned as the setting says. Called at the start of an instance
 * and every hour, so that a lost row or a changed setting is noticed.
 *
 * A stopped sweep is not planned again: an operator must confirm it.
 */
export async function planSweep(
  store: Store,
  { everyHours, now }: { everyHours: number; now: number },
): Promise<void> {
  await updateRows(store, {
    action: "plan the sweep",
    build: async () => buildPlan(await readRows(store), { everyHours, now }),
  });
}

/** When the sweep after the last one is due. */
export function nextSweepAt(
  last: SweepReport | null,
  { everyHours, now }: { everyHours: number; now: number },
): number {
  return Math.max(now, last === null ? now : last.startedAt + everyHours * HOUR_MS);
}

/**
 * Accepts an operator's request for a sweep that begins now.
 *
 * @returns `under_way` where one is under way: it goes on as it is. `stopped` where the last sweep
 *   stopped, and this request does not confirm it.
 */
export async function acceptSweep(
  store: Store,
  { isDryRun, isConfirmed, operator, now, trace }: {
    isDryRun: boolean;
    isConfirmed: boolean;
    operator: Operator;
    now: number;
    trace?: string | undefined;
  },
): Promise<"requested" | "under_way" | "stopped"> {
  const data = createSweep({ requestedBy: operator.name, isDryRun, isConfirmed });
  return await updateRows(store, {
    action: "request a sweep",
    async build(): Promise<Update<"requested" | "under_way" | "stopped">> {
      const { job, last } = await readRows(store);
      if (isSweeping(job.value, now)) return { outcome: "under_way" };
      const isStopped = last.value?.end === "stopped";
      if (isStopped && !isConfirmed && !isDryRun) return { outcome: "stopped" };
      const details = { outcome: isDryRun ? "dry_run" : isConfirmed ? "confirmed" : "requested" };
      const action = recordAction(SWEEP_ID, { at: now, action: "sweep", operator, details });
      const request = requestSweep(job, { data, dueAt: now, now, trace });
      return { write: mergeWrites(request, action), outcome: "requested" };
    },
  });
}

function buildPlan(
  { job, last }: Rows,
  { everyHours, now }: { everyHours: number; now: number },
): Update<undefined> {
  // An operator's request is kept, whatever the setting is.
  if (isSweeping(job.value, now)) return { outcome: undefined };
  if (everyHours === 0 || last.value?.end === "stopped") {
    return job.value === null ? { outcome: undefined } : {
      write: deleteJob(job),
      outcome: undefined,
    };
  }
  const dueAt = nextSweepAt(last.value, { everyHours, now: now + PLAN_AHEAD_MS });
  if (job.value === null) {
    const request = { data: createSweep(), dueAt, now, trace: undefined };
    return { write: requestSweep(job, request), outcome: undefined };
  }
  if (job.value.dueAt <= dueAt) return { outcome: undefined };
  return { write: replaceJob(job, { ...job.value, dueAt }), outcome: undefined };
}

async function readRows(store: Store): Promise<Rows> {
  const [job, last] = await store.getMany<[Job<SweepData>, SweepReport]>([
    jobKey(SWEEP, SWEEP_ID),
    sweepReportKey({ isDryRun: false }),
  ]);
  return { job, last };
}
