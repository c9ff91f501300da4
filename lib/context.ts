// SPDX-License-Identifier: Apache-2.0
import { type Clients, createClients } from "./clients.ts";
import type { Config } from "./config/config.ts";
import { delay as delayBy, setOwnDeadline, type SetTimer } from "./deadline.ts";
import { readPause } from "./jobs/pause.ts";
import { readOldestMs } from "./jobs/queue_status.ts";
import { createRateLimit } from "./jobs/rate_limit.ts";
import { createStoreWithoutKind } from "./jobs/without_kind.ts";
import {
  bindHandler,
  type BoundHandler,
  createJobRunner,
  createWakingStore,
  type JobRunner,
} from "./jobs/runner.ts";
import type { Kratos } from "./kratos/client.ts";
import type { ListIdentities } from "./kratos/identities.ts";
import { createProbe } from "./kv/probe.ts";
import type { Store } from "./kv/store.ts";
import { describeError, type Log } from "./log.ts";
import { parseRows } from "./rows.ts";
import { NO_TELEMETRY, type ObservedEvents, type Telemetry } from "./telemetry/telemetry.ts";
import type { ClockCheck } from "./upstream/clock.ts";
import { planSweep } from "./verification/accept/sweep.ts";
import { readHeldStarts } from "./verification/held_starts.ts";
import {
  CHECK,
  ERASE,
  EXPIRE,
  JOB_KINDS,
  NOTIFY,
  PUBLISH,
  START,
  SWEEP,
} from "./verification/job_kinds.ts";
import { createReconcileLater, type ReconcileLater } from "./verification/reconcile_later.ts";
import { readSweep } from "./verification/sweep.ts";
import { handleCheck } from "./verification/work/check.ts";
import { handleErase } from "./verification/work/erase.ts";
import { handleExpire } from "./verification/work/expire.ts";
import { describeJobFailure } from "./verification/work/failure.ts";
import { handleNotify } from "./verification/work/notify.ts";
import { handlePublish } from "./verification/work/publish.ts";
import { handleStart } from "./verification/work/start.ts";
import { handleSweep } from "./verification/work/sweep.ts";

/** The sweep waits this long between two pages of identities, to spare Kratos. */
const PAGE_DELAY_MS = 500;

/** Ory Network, which needs an API key, allows 25 list calls a minute on its smallest plan. */
const NETWORK_PAGE_DELAY_MS = 2_500;

/** What routes use. */
export interface Context {
  readonly config: Config;
  /** Each call has a deadline. A commit wakes the job runner for the jobs that it makes due. */
  readonly store: Store;
  readonly jobs: JobRunner;
  /** For what a request waits for. Cheaper than one timer each, and less exact. */
  readonly setDeadline: SetTimer;
  readonly reconcileLater: ReconcileLater;
  readonly clock: ClockCheck;
  /** Writes to KV, at most once a second. Throws while that is not possible. */
  readonly probeKv: () => Promise<void>;
  readonly kratos: Kratos;
  readonly listIdentities: ListIdentities;
  /** Plans the next sweep as the setting says. Does not throw. */
  readonly planSweep: () => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Gets no secret and no trait. */
  readonly log: Log;
  readonly delay: (ms: number) => Promise<void>;
  readonly telemetry: Telemetry;
}

/** What the service is made of, apart from its configuration. A test replaces what it is about. */
export interface Parts {
  readonly store: Store;
  readonly fetch: typeof globalThis.fetch;
  /** For calls that must not be sent twice. @default {fetch} */
  readonly fetchOnce?: typeof globalThis.fetch;
  readonly now: () => number;
  /** Milliseconds of a clock that is never set. Without it, `now` is such a clock. */
  readonly monotonic?: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly telemetry?: Telemetry;
  readonly setTimer?: SetTimer;
  readonly setDeadline?: SetTimer;
  readonly delay?: (ms: number) => Promise<void>;
}

/** Puts the service together. Opens nothing and makes no network call. */
export function createContext(
  { config, store: raw, fetch, now, random, log, ...optional }: Parts & { config: Config },
): Context {
  const { telemetry = NO_TELEMETRY, setTimer, setDeadline = setOwnDeadline } = optional;
  const { delay = delayBy, fetchOnce, monotonic = now } = optional;
  const hasEvents = config.events.receiver !== undefined;
  const rows = parseRows(raw, { telemetry, now, log });
  const watched = telemetry.watchStore(rows);
  const stored = hasEvents ? watched : createStoreWithoutKind(watched, NOTIFY);
  const store = createWakingStore(stored, (write) => jobs.wakeFor(write));
  observeRows(rows, { telemetry, hasEvents, now });
  const parts = { config, store, fetch, fetchOnce, now, monotonic, log, telemetry, delay };
  const clients = createClients(parts);
  const { clock, kratos, listIdentities } = clients;
  const jobs: JobRunner = createJobRunner({
    handlers: createHandlers({ ...parts, ...clients }),
    store,
    now,
    random,
    log,
    describeFailure: describeJobFailure,
    watch: telemetry.watchJob,
    delay,
    ...(setTimer === undefined ? {} : { setTimer }),
  });
  const reconcileLater = createReconcileLater({
    store,
    kratos,
    now,
    log,
    setTimer: setTimer ?? setOwnDeadline,
  });
  return {
    config,
    store,
    jobs,
    setDeadline,
    reconcileLater,
    clock,
    probeKv: createProbe(store, { now, monotonic }),
    kratos,
    listIdentities,
    planSweep: () => keepSweepPlanned(store, { everyHours: config.sweep.everyHours, now, log }),
    now,
    log,
    telemetry,
    delay,
  };
}

/** Which handler works on which kind of job, and with what. */
function createHandlers(
  { config, store, call, jumio, kratos, listIdentities, now, monotonic, log, clock }:
    & Pick<Parts, "store" | "now" | "log">
    & Required<Pick<Parts, "monotonic">>
    & Clients
    & { config: Config },
): readonly BoundHandler[] {
  const { address: { publicUrl, reconcileAfterMs, link }, policy } = config;
  const { maxExecutions } = config.jumio;
  const start = { store, jumio, kratos, now, log, publicUrl, reconcileAfterMs, maxExecutions };
  const { warningStatus, revokeSessionsOnRejection } = policy;
  const { validityMs } = config.sweep;
  const check = { store, jumio, kratos, now, log, warningStatus, validityMs, reconcileAfterMs };
  const publish = { store, kratos, now, log, publicUrl, link, revokeSessionsOnRejection };
  const erase = { store, jumio, kratos, now, log };
  const pageDelayMs = config.kratos.apiKey === undefined ? PAGE_DELAY_MS : NETWORK_PAGE_DELAY_MS;
  const sweep = { store, kratos, listIdentities, now, log, pageDelayMs, ...config.sweep };
  const perSecond = config.jumio.startsPerSecond;
  const { receiver } = config.events;
  const notify = receiver === undefined ? [] : [
    bindHandler(NOTIFY, {
      handle: (job) => handleNotify(job, { store, call, receiver, now, log }),
    }),
  ];
  return [
    bindHandler(START, {
      handle: (job, span) => handleStart(job, span, start),
      rateLimit: createRateLimit({ kind: START, monotonic, perSecond }),
      mayClaim: clock.isRight,
    }),
    bindHandler(CHECK, { handle: (job, span) => handleCheck(job, span, check) }),
    bindHandler(PUBLISH, { handle: (job) => handlePublish(job, publish) }),
    ...notify,
    bindHandler(ERASE, { handle: (job) => handleErase(job, erase) }),
    bindHandler(EXPIRE, { handle: (job, span) => handleExpire(job, span, { store, now, log }) }),
    bindHandler(SWEEP, { handle: (job, span) => handleSweep(job, span, sweep) }),
  ];
}

/** Without KV, the sweep is planned within the next hour. */
async function keepSweepPlanned(
  store: Store,
  { everyHours, now, log }: { everyHours: number } & Pick<Parts, "now" | "log">,
): Promise<void> {
  try {
    await planSweep(store, { everyHours, now: now() });
  } catch (error) {
    log.warn("Cannot plan the sweep", describeError(error));
  }
}

/** Observes the unwatched store, so that reading the metrics changes none of them. */
function observeRows(
  rows: Store,
  { telemetry, hasEvents, now }: {
    telemetry: Telemetry;
    hasEvents: boolean;
    now: () => number;
  },
): void {
  telemetry.observeQueues({ kinds: JOB_KINDS, store: rows });
  telemetry.observeSweep(() => readSweep(rows, { now: now() }));
  telemetry.observeHeldStarts(() => readHeldStarts(rows));
  if (hasEvents) telemetry.observeEvents(() => readObservedEvents(rows, { now: now() }));
}

async function readObservedEvents(store: Store, { now }: { now: number }): Promise<ObservedEvents> {
  const [oldestMs, pause] = await Promise.all([
    readOldestMs(store, { kind: NOTIFY, now }),
    readPause(store, NOTIFY),
  ]);
  return { oldestMs, isPaused: pause.value !== null };
}
