import type { Config } from "../../lib/config/config.ts";
import { type Context, createContext } from "../../lib/context.ts";
import { UpstreamError } from "../../lib/upstream/error.ts";
import { createLog } from "../../lib/log.ts";
import { createHandler } from "../../routes/mod.ts";
import { createModelStore, type SharedRows } from "../support/model_store.ts";

/** A process of the service that can die at any step. */
export interface Instance {
  readonly context: Context;
  readonly isDead: boolean;
  /** Sends a request. Undefined where the process died before its answer. */
  send(request: Request): Promise<Response | undefined>;
  /** Dies after so many more commits (before or after the last), or in the midst of a call. */
  armCrash(crash: { after: number; at: "before" | "after" | "call" }): void;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** What its process has thrown at it when it is dead: nothing it does has an effect any more. */
class ProcessDied extends Error {
  override readonly name = "ProcessDied";
}

/** What is wrong with KV: no call is answered, or each is carried out and its answer comes too late. */
export type KvFault = "down" | "late" | undefined;

/** Starts an instance on the shared rows. */
export function startInstance(
  { config, shared, fetch, now, random, kvFault }: {
    config: Config;
    shared: SharedRows;
    fetch: (request: Request) => Promise<Response>;
    now: () => number;
    /** From 0 to 1. It also decides how the instances' steps are interleaved. */
    random: () => number;
    kvFault: () => KvFault;
  },
): Instance {
  let isDead = false;
  let crash: { after: number; at: "before" | "after" | "call" } | undefined;

  function die(): never {
    isDead = true;
    void context.jobs.stop();
    throw new ProcessDied();
  }

  /** One step: others may come first, any number of times. */
  async function step(): Promise<void> {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await Promise.resolve();
    if (isDead) throw new ProcessDied();
  }

  async function kvStep(): Promise<void> {
    await step();
    if (kvFault() === "down") throw new UpstreamError("kv", "timeout", { action: "reach KV" });
  }

  function aroundCommit(commit: () => boolean): boolean {
    const isWritten = crashAround(commit);
    if (kvFault() === "late") throw new UpstreamError("kv", "timeout", { action: "write to KV" });
    return isWritten;
  }

  function crashAround(commit: () => boolean): boolean {
    if (crash === undefined || crash.at === "call" || crash.after-- > 0) return commit();
    if (crash.at === "after") commit();
    return die();
  }

  async function call(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    await step();
    const response = await fetch(new Request(input, init));
    if (crash?.at === "call" && crash.after-- <= 0) die();
    await step();
    return response;
  }

  const context = createContext({
    config,
    store: createModelStore(shared, { step: kvStep, aroundCommit }),
    fetch: call,
    now,
    random,
    log: createLog({ level: "error", write: () => {}, now }),
    // The world moves the clock, and lets the instances look for work then.
    setTimer: () => () => {},
    delay: step,
  });
  const handler = createHandler(context);

  return {
    context,
    get isDead() {
      return isDead;
    },
    async send(request) {
      if (isDead) return undefined;
      const response = await handler(request, { remoteAddr: { hostname: "127.0.0.1" } });
      return isDead ? undefined : response;
    },
    armCrash(next) {
      crash = { ...next };
    },
    async drain() {
      if (!isDead) await context.jobs.drain();
    },
    stop: () => context.jobs.stop(),
  };
}
