// SPDX-License-Identifier: Apache-2.0
import type { Config } from "../../lib/config/config.ts";
import { type Context, createContext } from "../../lib/context.ts";
import { createLog } from "../../lib/log.ts";
import { createHandler } from "../../routes/mod.ts";
import { ROUTES } from "../../routes/table.ts";
import { createModelStore, type SharedRows } from "../support/model_store.ts";
import { type Crash, createProcess, type KvFault } from "./process.ts";

/** An instance of the service, in a process that can die. */
export interface Instance {
  readonly context: Context;
  readonly isDead: boolean;
  /** Sends a request. Undefined if the process died before its answer. */
  send(request: Request): Promise<Response | undefined>;
  armCrash(crash: Crash): void;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an instance on the shared rows. */
export function startInstance(
  { config, shared, fetch, now, monotonic, random, kvFault, writeLog }: {
    config: Config;
    shared: SharedRows;
    fetch: (request: Request) => Promise<Response>;
    now: () => number;
    monotonic: () => number;
    /** From 0 to 1. It also decides how the instances' steps are interleaved. */
    random: () => number;
    kvFault: () => KvFault;
    writeLog: (line: string) => void;
  },
): Instance {
  const onDeath = () => void context.jobs.stop();
  const process = createProcess({ fetch, random, kvFault, onDeath });
  const { step, kvStep, aroundCommit, armCrash } = process;
  const soon: (() => void)[] = [];
  const context: Context = createContext({
    config,
    store: createModelStore(shared, { step: kvStep, aroundCommit }),
    fetch: process.fetch,
    now,
    monotonic,
    random,
    log: createLog({ level: "warn", write: writeLog, now }),
    // The world moves the clock, and lets the instances look for work then. Until then waits also
    // what an instance does in the background after an answer.
    setTimer(run, ms) {
      if (ms === 0) soon.push(run);
      return () => {};
    },
    delay: step,
  });
  const handler = createHandler(context, ROUTES);
  return {
    context,
    get isDead() {
      return process.isDead;
    },
    async send(request) {
      if (process.isDead) return undefined;
      const response = await handler(request, { remoteAddr: { hostname: "127.0.0.1" } });
      return process.isDead ? undefined : response;
    },
    armCrash,
    async drain() {
      if (process.isDead) return;
      for (const run of soon.splice(0)) run();
      await context.reconcileLater.drain();
      if (!process.isDead) await context.jobs.drain();
    },
    stop: () => context.jobs.stop(),
  };
}
