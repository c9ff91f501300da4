// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type Config, parseConfig } from "../../lib/config/config.ts";
import { closeDeadLetter, listDeadLetters } from "../../lib/jobs/dead_letters.ts";
import { findJobKind, START } from "../../lib/verification/job_kinds.ts";
import { HOOK_SECRET } from "../support/context.ts";
import { EVENTS_ENV } from "../support/receiver.ts";
import { type Action, INSTANCES } from "./actions.ts";
import { createInvariants } from "./invariants.ts";
import { OPERATOR } from "./operate.ts";
import { overwriteMetadata } from "./overwrite.ts";
import {
  advance,
  perform,
  publishAgain,
  restartInstance,
  resumeDelivery,
  sweep,
} from "./perform.ts";
import { signIn } from "./sign_in.ts";
import { createState, type ModelState, SERVICE } from "./state.ts";
import { JUMIO, KRATOS } from "./upstreams.ts";

/** The configuration of every world. */
export function createModelConfig(
  { validityMs, maxExecutions = 20 }: { validityMs?: number; maxExecutions?: number } = {},
): Config {
  const config = parseConfig({
    "ORY_WEBHOOK_SECRET": HOOK_SECRET,
    "KRATOS_ADMIN_URL": KRATOS,
    "JUMIO_AUTH_URL": JUMIO,
    "JUMIO_API_BASE_URL": JUMIO,
    "JUMIO_CLIENT_ID": "client",
    "JUMIO_CLIENT_SECRET": "client-secret",
    "PUBLIC_URL": SERVICE,
    "JUMIO_STARTS_PER_SECOND": "10",
    "MAX_EXECUTIONS_PER_PERSON": String(maxExecutions),
    // The sweep may start everybody in a world.
    "START_MISSING_SINCE": "2025-12-31T00:00:00Z",
    ...EVENTS_ENV,
  });
  return { ...config, sweep: { ...config.sweep, validityMs } };
}

/** More calls to Jumio than this for one action would be a storm. */
const MAX_CALLS_PER_ACTION = 20;

/** An hour for two clocks that differ by a minute: the next poll can be due that much earlier. */
const SKEWED_HOUR = 3_540;

/** What can be done in a world, and what must always hold. */
export interface World {
  apply(action: Action): Promise<void>;
  /** Throws if something does not hold that must hold after every action. */
  check(): void;
  /** Removes all faults, lets time pass, and checks what must hold in the end. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

/** Creates a world in which nothing has happened. The seed decides how steps are interleaved. */
export function createWorld(config: Config, seed: number): World {
  const state = createState(config, seed);
  const { instances, jumio, application, history } = state;
  const invariants = createInvariants(state);
  return {
    async apply(action) {
      const before = jumio.calls.length;
      await perform(state, action);
      const calls = jumio.calls.length - before;
      assert(calls <= MAX_CALLS_PER_ACTION, `${calls} calls to Jumio for one action`);
    },
    check() {
      invariants.check();
      application.check();
    },
    async heal() {
      removeFaults(state);
      await replayDeadLetters(state);
      // What is under way may still pause the delivery of events.
      await advance(state, { seconds: 1, stalls: false });
      await resumeDelivery(state, { instance: 0 });
      const steps = [30, 600, 3600].flatMap((seconds) => Array<number>(8).fill(seconds));
      for (const seconds of steps) {
        await advance(state, { seconds, stalls: false });
        invariants.check();
        application.check();
      }
      // A write of before may have been found lost, as the last one that a job is allowed to lose.
      await replayDeadLetters(state);
      await advance(state, { seconds: 120, stalls: false });
      // Somebody may have used up the create calls of a day.
      for (let hours = 0; hours < 24 && hasStartJob(state); hours++) {
        await advance(state, { seconds: 3600, stalls: false });
        invariants.check();
      }
      // Without another program, every verdict is on its identity by itself.
      for (const identityId of history.overwritten) {
        await publishAgain(state, { identityId, instance: 0 });
      }
      const before = jumio.calls.length;
      await advance(state, { seconds: state.isSkewed ? SKEWED_HOUR : 3600, stalls: false });
      invariants.checkQuiet(before);
      invariants.checkEnd();
      for (const repair of [signInAll, sweepAll]) {
        await loseAllMetadata(state);
        await repair(state);
        for (let step = 0; step < 8; step++) await advance(state, { seconds: 30, stalls: false });
        invariants.check();
        invariants.checkEnd();
      }
      application.check();
      application.checkEnd();
    },
    async stop() {
      await Promise.all(instances.map((instance) => instance.stop()));
    },
  };
}

function hasStartJob({ shared }: ModelState): boolean {
  return shared.rows.values().some(({ key }) => key[0] === "job" && key[1] === START.name);
}

async function loseAllMetadata(state: ModelState): Promise<void> {
  for (const person of state.people.keys()) {
    await overwriteMetadata(state, { type: "overwrite", person, by: "nothing", copy: 0 });
  }
}

/** Everybody tries to sign in, which also repairs their metadata. */
async function signInAll(state: ModelState): Promise<void> {
  for (const identityId of state.people) {
    await signIn(state, { identityId, instance: 0, asksAll: false });
  }
}

async function sweepAll(state: ModelState): Promise<void> {
  await sweep(state, { instance: 0 });
}

/** Why a job may be given up in a world: nonsense of Jumio, and an Ory that stores nothing. */
const LASTING_REASONS = ["jumio_malformed", "identity_overwritten"];

/** An operator replays what was given up. */
async function replayDeadLetters({ instances: [instance], clock }: ModelState): Promise<void> {
  const { store } = instance?.context ?? assert.fail("no instance");
  const { letters } = await listDeadLetters(store, { limit: 100 });
  for (const { kind: name, id, reason } of letters) {
    assert(LASTING_REASONS.includes(reason), `dead letter: ${reason}`);
    const kind = findJobKind(name) ?? assert.fail(name);
    const options = { kind, id, action: "replay", operator: OPERATOR, now: clock.now } as const;
    assert(await closeDeadLetter(store, options));
  }
}

function removeFaults(state: ModelState): void {
  const { jumio, kratos, application, kv, instances } = state;
  for (const fault of ["isDown", "isRubbish", "losesNextAnswer", "failsAfterStart"] as const) {
    jumio.faults[fault] = false;
  }
  application.faults.isDown = false;
  application.faults.refusesNextEvent = false;
  application.faults.losesNextAnswer = false;
  application.faults.isGone = false;
  kv.fault = undefined;
  kratos.faults.isAdminDown = false;
  kratos.faults.losesNextPatch = false;
  kratos.faults.ignoresPatches = false;
  for (let instance = 0; instance < INSTANCES; instance++) {
    instances[instance]?.armCrash({ after: Infinity, at: "before" });
    restartInstance(state, instance);
  }
}
