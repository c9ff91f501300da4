// SPDX-License-Identifier: Apache-2.0
import { UpstreamError } from "../../lib/upstream/error.ts";

/** When a process dies: after so many more commits (before or after the last), or during a call. */
export interface Crash {
  readonly after: number;
  readonly at: "before" | "after" | "call";
}

/** What is wrong with KV: no call is answered, or each takes effect and is answered too late. */
export type KvFault = "down" | "late" | undefined;

/** A process that can die at any step. */
export interface ModelProcess {
  readonly isDead: boolean;
  armCrash(crash: Crash): void;
  /** One step, before which other instances may make any number of theirs. */
  step(): Promise<void>;
  /** The step before an operation of KV. */
  kvStep(): Promise<void>;
  aroundCommit(commit: () => boolean): boolean;
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
}

/** Thrown in a dead process: nothing that it does has an effect any more. */
class ProcessDied extends Error {
  override readonly name = "ProcessDied";
}

/** Creates a process. `random` decides how the steps of several are interleaved. */
export function createProcess(
  { fetch, random, kvFault, onDeath }: {
    fetch: (request: Request) => Promise<Response>;
    /** From 0 to 1. */
    random: () => number;
    kvFault: () => KvFault;
    onDeath: () => void;
  },
): ModelProcess {
  let isDead = false;
  let crash: { after: number; at: Crash["at"] } | undefined;

  function die(): never {
    isDead = true;
    onDeath();
    throw new ProcessDied();
  }

  async function step(): Promise<void> {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await Promise.resolve();
    if (isDead) throw new ProcessDied();
  }

  function crashAround(commit: () => boolean): boolean {
    if (crash === undefined || crash.at === "call" || crash.after-- > 0) return commit();
    if (crash.at === "after") commit();
    return die();
  }

  return {
    get isDead() {
      return isDead;
    },
    armCrash(next) {
      crash = { ...next };
    },
    step,
    async kvStep() {
      await step();
      if (kvFault() === "down") throw new UpstreamError("kv", "timeout", { action: "reach KV" });
    },
    aroundCommit(commit) {
      const isWritten = crashAround(commit);
      if (kvFault() === "late") throw new UpstreamError("kv", "timeout", { action: "write to KV" });
      return isWritten;
    },
    async fetch(input, init) {
      await step();
      const response = await fetch(new Request(input, init));
      if (crash?.at === "call" && crash.after-- <= 0) die();
      await step();
      return response;
    },
  };
}
