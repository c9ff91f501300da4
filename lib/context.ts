import { createAccessToken } from "./access_token.ts";
import { allowedOrigins, type Config } from "./config.ts";
import { type SetDeadline, setOwnDeadline } from "./deadline.ts";
import { createJobRunner, type JobRunner, type SetTimer } from "./job_runner.ts";
import { createJumio } from "./jumio.ts";
import { createKratos } from "./kratos.ts";
import type { Log } from "./log.ts";
import { createPace } from "./pace.ts";
import { readExecution } from "./read_execution.ts";
import { startExecution } from "./start_execution.ts";
import type { Store } from "./store.ts";
import { createUpstream } from "./upstream.ts";
import { writeIdentity } from "./write_identity.ts";

/** All that a route may use. */
export interface Context {
  readonly config: Config;
  readonly store: Store;
  readonly jobs: JobRunner;
  readonly setDeadline: SetDeadline;
  readonly now: () => number;
  readonly log: Log;
}

/** Puts the service together. It opens nothing and calls nobody. */
export function createContext(
  { config, store, fetch, now, random, log, setTimer, setDeadline = setOwnDeadline, sleep }: {
    config: Config;
    store: Store;
    fetch: typeof globalThis.fetch;
    now: () => number;
    random: () => number;
    log: Log;
    setTimer?: SetTimer;
    setDeadline?: SetDeadline;
    sleep?: (ms: number) => Promise<void>;
  },
): Context {
  const call = createUpstream({ fetch, now, origins: allowedOrigins(config) });
  const accessToken = createAccessToken({
    ...config.jumio,
    call,
    store,
    now,
    log,
    ...(sleep === undefined ? {} : { sleep }),
  });
  const jumio = createJumio({ ...config.jumio, accessToken, call });
  const kratos = createKratos({ ...config.kratos, call });
  const parts = { ...config, ...config.policy, store, jumio, kratos, now, log };
  const jobs = createJobRunner({
    store,
    now,
    random,
    log,
    ...(setTimer === undefined ? {} : { setTimer }),
    admitStart: createPace({ store, now, perSecond: config.jumio.startsPerSecond }),
    handlers: {
      start: (job) => startExecution(job, parts),
      read: (job) => readExecution(job, parts),
      write: (job) => writeIdentity(job, parts),
    },
  });
  return { config, store, jobs, setDeadline, now, log };
}
