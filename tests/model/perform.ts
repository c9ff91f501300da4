// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { resumeEvents } from "../../lib/operator/events.ts";
import { publishAgain as publishRecordAgain } from "../../lib/operator/publish_again.ts";
import { acceptRestart } from "../../lib/verification/accept/restart.ts";
import { acceptSweep } from "../../lib/verification/accept/sweep.ts";
import { START } from "../../lib/verification/job_kinds.ts";
import type { SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import type { Action, ActionOf, CallbackKind } from "./actions.ts";
import { setFault, writeAsOldWriter } from "./faults.ts";
import { operate, OPERATOR } from "./operate.ts";
import { overwriteMetadata } from "./overwrite.ts";
import { finish } from "./finish.ts";
import { sendHook, signIn } from "./sign_in.ts";
import { executionsOf, identityOf, type ModelState, SERVICE, storedIdentities } from "./state.ts";

/** How long an operator waits for what was asked for. */
const ATTEMPT_MS = 4_000;

/** The button leads to another execution again. */
const LINK_NEARLY_OVER_S = 29 * 60;

/** Performs one action in a world. */
export async function perform(state: ModelState, action: Action): Promise<void> {
  const { instances, history } = state;
  switch (action.type) {
    case "register":
      return await register(state, action);
    case "finish":
      return await finish(state, action);
    case "callback":
      return await callBack(state, action);
    case "again":
      return await startAgain(state, action);
    case "operate":
      return await operate(state, action);
    case "advance":
      return await advance(state, action);
    case "fault":
      return setFault(state, action);
    case "crash":
      return instances[action.instance]?.armCrash(action);
    case "restart":
      return restartInstance(state, action.instance);
    case "old writer":
      return writeAsOldWriter(state, identityOf(state, action.person), action.does);
    case "overwrite":
      return await overwriteMetadata(state, action);
    case "sign in":
      return await signIn(state, { ...action, identityId: identityOf(state, action.person) });
    case "publish again":
      return await publishAgain(state, { ...action, identityId: identityOf(state, action.person) });
    case "sweep":
      return await sweep(state, action);
    case "resume events":
      return await resumeDelivery(state, action);
    case "delete": {
      const identityId = identityOf(state, action.person);
      storedIdentities(state).delete(identityId);
      history.deleted.add(identityId);
      return;
    }
  }
}

/** Runs what is due, moves the clock, and runs what is due then. With `stalls`, only the latter. */
export async function advance(
  { clock, instances, changes, history }: ModelState,
  { seconds, stalls }: { seconds: number; stalls: boolean },
): Promise<void> {
  const drain = () => Promise.all(instances.map((instance) => instance.drain()));
  if (stalls) history.excuses.stalls++;
  else await drain();
  clock.now += seconds * 1000;
  await drain();
  changes.noteIdle();
}

/** An operator lets an identity be compared with our record. */
export async function publishAgain(
  { instances }: ModelState,
  { identityId, instance: index }: { identityId: string; instance: number },
): Promise<void> {
  const instance = instances[index];
  if (instance === undefined || instance.isDead) return;
  const options = { operator: OPERATOR, isForced: false, attemptMs: ATTEMPT_MS };
  // An operator to whom an error is shown tries again later.
  await publishRecordAgain(identityId, { ...instance.context, ...options }).catch(() => {});
}

/** An operator lets all identities be compared. The instances work on it as time passes. */
export async function sweep(
  { instances, clock }: ModelState,
  { instance: index }: { instance: number },
): Promise<void> {
  const instance = instances[index];
  if (instance === undefined || instance.isDead) return;
  const options = { isDryRun: false, isConfirmed: false, operator: OPERATOR, now: clock.now };
  await acceptSweep(instance.context.store, options).catch(() => {});
}

/** An operator lets events be delivered again. */
export async function resumeDelivery(
  { instances }: ModelState,
  { instance: index }: { instance: number },
): Promise<void> {
  const instance = instances[index];
  if (instance === undefined || instance.isDead) return;
  await resumeEvents(instance.context.store).catch(() => {});
}

/** Starts an instance again if it has died. */
export function restartInstance({ instances, history, start }: ModelState, index: number): void {
  if (!instances[index]?.isDead) return;
  history.excuses.crashes++;
  instances[index] = start(index);
}

async function register(
  state: ModelState,
  { person, instances: at, atOnce }: ActionOf<"register">,
): Promise<void> {
  const identityId = identityOf(state, person);
  const deliver = async (instance: number) => {
    const status = await sendHook(state, { template: "initiate", identityId, instance });
    if (status === 200) state.history.promised.add(identityId);
  };
  if (atOnce) await Promise.all(at.map(deliver));
  else for (const instance of at) await deliver(instance);
}

async function post(
  { instances }: ModelState,
  instance: number,
  { path, body }: { path: string; body: unknown },
): Promise<{ status: number; body: Record<string, unknown> } | undefined> {
  const response = await instances[instance]?.send(
    new Request(SERVICE + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
  return response && { status: response.status, body: await response.json() };
}

async function callBack(
  state: ModelState,
  { person, execution: index, how, instances: at }: ActionOf<"callback">,
): Promise<void> {
  const execution = executionsOf(state, identityOf(state, person))[index];
  if (execution === undefined) return;
  const path = callbackPath(state, { execution, how });
  if (path === undefined) return;
  const status = { early: "PROCESSED", intermediate: "ACQUIRED" }[how as string] ??
    execution.status;
  const body = {
    callbackSentAt: new Date(state.clock.now).toISOString(),
    workflowExecution: { id: execution.id, status },
    account: { id: execution.accountId },
  };
  await Promise.all(at.map(async (instance) => {
    const answer = await post(state, instance, { path, body });
    if (how === "forged") {
      assert(answer === undefined || answer.status !== 200, "a forged callback was accepted");
    }
  }));
}

/** Undefined where there is no such callback: Jumio sends none before the end. */
function callbackPath(
  { jumio }: ModelState,
  { execution, how }: { execution: SimulatedExecution; how: CallbackKind },
): string | undefined {
  if (how === "forged") return `/jumio/callback/${"x".repeat(43)}`;
  if (how === "genuine" && execution.completedAt === undefined) return undefined;
  const of = how === "foreign" ? jumio.executions.find(({ id }) => id !== execution.id) : execution;
  return of && new URL(of.callbackUrl ?? SERVICE).pathname;
}

async function startAgain(
  state: ModelState,
  { person, instance: index, waits }: ActionOf<"again">,
): Promise<void> {
  if (waits) await advance(state, { seconds: LINK_NEARLY_OVER_S, stalls: false });
  const instance = state.instances[index];
  if (instance === undefined || instance.isDead) return;
  const { store, jobs, config: { jumio: { maxExecutions } } } = instance.context;
  const options = { identityId: identityOf(state, person), maxExecutions, now: state.clock.now };
  const outcome = await acceptRestart(store, options).catch(() => "failed");
  if (outcome === "accepted") state.history.excuses.restarts++;
  if (!instance.isDead) await jobs.attempt(START, options.identityId);
}
