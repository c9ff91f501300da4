// SPDX-License-Identifier: Apache-2.0
import { comparePage } from "./_sweep_page.ts";
import { nextSweepAt } from "../accept/sweep.ts";
import { acceptStart } from "../accept/start.ts";
import type { SweepCounts, SweepData } from "../job_kinds.ts";
import { reconcileIdentity, type ReconcileOptions } from "../reconcile_identity.ts";
import { createSweep, type SweepReport, sweepReportKey } from "../sweep.ts";
import type { Job } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { JobSpan } from "../../jobs/run_job.ts";
import type { ListIdentities } from "../../kratos/identities.ts";
import { UpstreamError } from "../../upstream/error.ts";

/** If KV was put back to an older copy, or is the wrong one, nearly all identities differ. */
const TRIAL_SIZE = 1_000;

/** 5 % of them. */
const MAX_TRIAL_DIFFERING = 50;

/** Each repair can lead to one patch, so there are at most this many patches in a second. */
const REPAIRS_PER_STEP = 5;
const REPAIR_STEP_MS = 1_000;

/** After this many tries, an identity that cannot be read is left out. */
const MAX_TRIES = 3;

/** How many identities that were never started are named in the report. */
const MAX_NAMED = 100;

/** What {@linkcode handleSweep} needs. */
export interface SweepOptions extends Omit<ReconcileOptions, "trace"> {
  readonly listIdentities: ListIdentities;
  /** 0: only an operator starts a sweep. */
  readonly everyHours: number;
  /** Milliseconds since the epoch. Undefined: the sweep starts nobody. */
  readonly startMissingSince: number | undefined;
  /** How long to wait between two pages, because Ory limits the rate of calls. */
  readonly pageDelayMs: number;
}

type Options = SweepOptions & { readonly trace: string | undefined };

/**
 * Does one step of a sweep: lists and compares one page of Ory's identities, or repairs or starts
 * some of those that it found. How far the sweep is stands in the job's data, so it goes on from
 * there after a crash, on any instance. Each step can be repeated.
 *
 * Nothing is repaired before the first 1,000 identities are compared. If more than 5 % of them
 * differ, the sweep stops, because then our records are more likely to be wrong than Ory.
 */
export async function handleSweep(
  job: Job<SweepData>,
  { trace }: Pick<JobSpan, "trace">,
  options: SweepOptions,
): Promise<JobResult<SweepData>> {
  const now = options.now();
  const data = { ...job.data, startedAt: job.data.startedAt ?? now };
  const own: Options = { ...options, trace };
  if (data.toStart.length > 0) {
    return again(await startSome(data, job, own), now + REPAIR_STEP_MS);
  }
  const isTried = data.isConfirmed || data.isListed || data.counts.lookedAt >= TRIAL_SIZE;
  if (data.toRepair.length > 0 && isTried) {
    return again(await repairSome(data, job, own), now + REPAIR_STEP_MS);
  }
  if (data.isListed) return await conclude(data, "finished", own);
  const next = await listPage(data, own).catch((error) => startOver(data, { job, error }));
  const isTrial = data.counts.lookedAt < TRIAL_SIZE && !data.isConfirmed && !data.isDryRun;
  if (isTrial && next.counts.differing > MAX_TRIAL_DIFFERING) {
    return await conclude(next, "stopped", own);
  }
  return again(next, now + (next.isListed ? 0 : options.pageDelayMs));
}

/** A sweep that has begun. */
type Begun = SweepData & { readonly startedAt: number };

function again(data: SweepData, dueAt: number): JobResult<SweepData> {
  return { kind: "again", dueAt, data };
}

async function listPage(
  data: Begun,
  { store, listIdentities, startMissingSince, now }: Options,
): Promise<Begun> {
  const { pageToken, isDryRun, counts } = data;
  const page = await listIdentities({ pageToken: pageToken ?? undefined });
  const found = await comparePage(page.identities, { store, now: now(), startMissingSince });
  const pick = (wanted: string) => found.flatMap(([id, kind]) => kind === wanted ? [id] : []);
  const [differing, neverStarted, mayStart] = ["differs", "never_started", "may_start"].map(pick);
  return {
    ...data,
    pageToken: page.nextPageToken ?? null,
    isListed: page.nextPageToken === undefined,
    toRepair: isDryRun ? [] : [...data.toRepair, ...differing ?? []],
    toStart: isDryRun ? [] : mayStart ?? [],
    neverStartedIds: [...data.neverStartedIds, ...neverStarted ?? []].slice(0, MAX_NAMED),
    counts: add(counts, {
      lookedAt: found.length,
      differing: differing?.length ?? 0,
      neverStarted: neverStarted?.length ?? 0,
      // A dry run counts those that it would start.
      started: isDryRun ? mayStart?.length ?? 0 : 0,
    }),
  };
}

/** A page token that Ory does not accept any more, after an upgrade for example, never works again. */
function startOver(
  data: Begun,
  { job: { failures }, error }: { job: Job; error: unknown },
): Begun {
  const isRefused = error instanceof UpstreamError && error.status === 400;
  if (!isRefused || data.pageToken === null || failures + 1 < MAX_TRIES) throw error;
  const { startedAt, requestedBy, isDryRun, isConfirmed } = data;
  return { ...createSweep({ requestedBy, isDryRun, isConfirmed }), startedAt };
}

async function repairSome(data: Begun, job: Job, options: Options): Promise<Begun> {
  const { done: outcomes, failed, rest } = await workOnSome(data.toRepair, job, {
    ...options,
    work: async (id) => (await reconcileIdentity(id, options)).outcome,
  });
  const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  const counted = { published: count("published"), adopting: count("adopting"), failed };
  return { ...data, toRepair: rest, counts: add(data.counts, counted) };
}

async function startSome(data: Begun, job: Job, options: Options): Promise<Begun> {
  const { done, failed, rest } = await workOnSome(data.toStart, job, {
    ...options,
    async work(identityId) {
      const { store, now, trace } = options;
      // The identity may have changed since it was listed.
      const { outcome } = await reconcileIdentity(identityId, options);
      if (outcome !== "not_started") return false;
      return await acceptStart(store, { identityId, now: now(), cause: "sweep", trace });
    },
  });
  const counted = { started: done.filter(Boolean).length, failed };
  return { ...data, toStart: rest, counts: add(data.counts, counted) };
}

/** Works on the first few ids. One that fails again and again must not hold up all others. */
async function workOnSome<Value>(
  ids: readonly string[],
  { failures }: Job,
  { work, log }: { work: (id: string) => Promise<Value> } & Pick<Options, "log">,
): Promise<{ done: readonly Value[]; failed: number; rest: readonly string[] }> {
  const some = ids.slice(0, REPAIRS_PER_STEP);
  const results = await Promise.allSettled(some.map(work));
  const rejected = results.flatMap((result, index) =>
    result.status === "rejected" ? [{ id: some[index], reason: result.reason }] : []
  );
  for (const { id, reason } of rejected) {
    if (failures + 1 < MAX_TRIES || !isOfOneIdentity(reason)) throw reason;
    log.error("The sweep leaves out an identity that cannot be read", { identityId: id });
  }
  return {
    done: results.flatMap((result) => result.status === "fulfilled" ? [result.value] : []),
    failed: rejected.length,
    rest: ids.slice(REPAIRS_PER_STEP),
  };
}

/** Whether Ory answered, so that the failure need not concern all identities. */
function isOfOneIdentity(error: unknown): boolean {
  if (!(error instanceof UpstreamError) || error.upstream !== "kratos") return false;
  const { status = 0, reason } = error;
  return reason === "malformed" || reason === "too_large" || status === 400 || status === 500;
}

async function conclude(
  { startedAt, isDryRun, requestedBy, neverStartedIds, counts }: Begun,
  end: SweepReport["end"],
  { store, log, everyHours, now }: Options,
): Promise<JobResult<SweepData>> {
  const endedAt = now();
  const report: SweepReport = {
    v: 1,
    startedAt,
    endedAt,
    end,
    requestedBy,
    counts,
    neverStartedIds,
  };
  const write = { sets: [{ key: sweepReportKey({ isDryRun }), value: report }] };
  if (end === "stopped") {
    log.error("Stopped the sweep: too many identities differ from our records", { ...counts });
  } else log.info("Finished a sweep", { isDryRun, ...counts });
  const last = isDryRun
    ? (await store.get<SweepReport>(sweepReportKey({ isDryRun: false }))).value
    : report;
  if (everyHours === 0 || last?.end === "stopped") {
    return { kind: "done", outcome: "applied", write };
  }
  // A dry run must not be followed by a real sweep at once.
  const dueAt = nextSweepAt(last ?? report, { everyHours, now: endedAt });
  return { kind: "again", dueAt, data: createSweep(), write };
}

function add(counts: SweepCounts, more: Partial<SweepCounts>): SweepCounts {
  const sum = { ...counts };
  for (const name of Object.keys(counts) as (keyof SweepCounts)[]) sum[name] += more[name] ?? 0;
  return sum;
}
