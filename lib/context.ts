import { createAccessToken } from "./jumio/access_token.ts";
import { allowedOrigins, type Config } from "./config/config.ts";
import { delay as delayBy, setOwnDeadline, type SetTimer } from "./deadline.ts";
import { handleErase } from "./verification/work/erase.ts";
import { createJobRunner, type JobRunner } from "./jobs/runner.ts";
import { createJumio } from "./jumio/client.ts";
import { createKratos, type Kratos } from "./kratos/client.ts";
import { createIdentityList, type ListIdentities } from "./kratos/identities.ts";
import type { Log } from "./log.ts";
import { createRateLimit } from "./jobs/rate_limit.ts";
import { handleCheck } from "./verification/work/check.ts";
import { handleStart } from "./verification/work/start.ts";
import type { Store } from "./kv/store.ts";
import { NO_TELEMETRY, type Telemetry } from "./telemetry/telemetry.ts";
import { createUpstream } from "./upstream/call.ts";
import { handlePublish } from "./verification/work/publish.ts";

/** All that a route may use. */
export interface Context {
  /** What the environment says. */
  readonly config: Config;
  /** What is kept, with a deadline on every call. */
  readonly store: Store;
  /** Work that goes on after the answer. */
  readonly jobs: JobRunner;
  /** For what a request waits for. Cheaper than a timer for each, and less exact. */
  readonly setDeadline: SetTimer;
  /** Ory's admin API. */
  readonly kratos: Kratos;
  /** Pages of Ory's identities. */
  readonly listIdentities: ListIdentities;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Where events are told, with no secret and no trait. */
  readonly log: Log;
  /** Waits: a test has its own. */
  readonly delay: (ms: number) => Promise<void>;
  /** What is seen of the service from outside. */
  readonly telemetry: Telemetry;
}

/** Puts the service together. It opens nothing and calls nobody. */
export function createContext(
  {
    config,
    store: rows,
    fetch,
    now,
    random,
    log,
    telemetry = NO_TELEMETRY,
    setTimer,
    setDeadline = setOwnDeadline,
    delay = delayBy,
  }: {
    config: Config;
    store: Store;
    fetch: typeof globalThis.fetch;
    now: () => number;
    random: () => number;
    log: Log;
    telemetry?: Telemetry;
    setTimer?: SetTimer;
    setDeadline?: SetTimer;
    delay?: (ms: number) => Promise<void>;
  },
): Context {
  const store = telemetry.watchStore(rows);
  const call = telemetry.watchUpstream(
    createUpstream({ fetch, now, origins: allowedOrigins(config) }),
  );
  const accessToken = createAccessToken({
    ...config.jumio,
    call,
    store,
    now,
    log,
    delay,
  });
  const jumio = createJumio({ ...config.jumio, accessToken, call });
  const kratos = createKratos({ ...config.kratos, call });
  const parts = { ...config, ...config.policy, store, jumio, kratos, now, log };
  const jobs = createJobRunner({
    store,
    now,
    random,
    log,
    watch: telemetry.watchJob,
    ...(setTimer === undefined ? {} : { setTimer }),
    rateLimit: createRateLimit({ now, perSecond: config.jumio.startsPerSecond }),
    handlers: {
      start: (job) => handleStart(job, parts),
      check: (job) => handleCheck(job, parts),
      publish: (job) => handlePublish(job, parts),
      erase: (job) => handleErase(job, parts),
    },
  });
  const listIdentities = createIdentityList({ ...config.kratos, call });
  return {
    config,
    store,
    jobs,
    setDeadline,
    kratos,
    listIdentities,
    now,
    log,
    telemetry,
    delay,
  };
}
