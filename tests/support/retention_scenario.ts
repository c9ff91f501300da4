// SPDX-License-Identifier: Apache-2.0
import type { Row } from "../../lib/kv/write.ts";
import { type DeadLetter, deadLetterKey } from "../../lib/jobs/dead_letters.ts";
import { START, type StartData } from "../../lib/verification/job_kinds.ts";
import { restartsKey } from "../../lib/verification/rows.ts";
import { createActions } from "./context.ts";
import { callOperator, registerWithoutHooks } from "./operator_api.ts";
import { live, MINUTE, operate, pass, type World } from "./retention_life.ts";
import { isAbout } from "./retention_table.ts";

/** The rows about a person before an erasure, and all rows after it. */
export interface Erased {
  /** Of the identity, and of its accounts and executions. */
  readonly ids: readonly string[];
  readonly before: readonly Row<unknown>[];
  readonly after: readonly Row<unknown>[];
}

/** Does everything that makes the service store a row, except erasures. */
export async function storeEveryKind(world: World): Promise<void> {
  const { jumio, receiver, context } = world;
  await context.probeKv();
  await live(world, "verified@example.com", "passed");
  await loseIdentity(world);
  await recordLater(world);
  jumio.faults.nextStatuses = [401];
  await live(world, "refused@example.com");
  await failStarts(world);
  jumio.faults.details = "malformed";
  const unreadable = await live(world, "unreadable@example.com", "passed");
  await pass(world, 15);
  jumio.faults.details = undefined;
  await operate(world, `dead-letters/check/${executionsOf(world, unreadable)[0]}/discard`);
  await operate(world, "starts/pause");
  await operate(world, "starts/resume");
  receiver.answer = () => new Response(null, { status: 410 });
  await live(world, "paused@example.com", "passed");
  receiver.answer = () => new Response(null);
  await operate(world, "events/resume");
  await pass(world, 2);
}

/** Erases people in each state that has rows of its own. */
export async function eraseInEveryState(world: World): Promise<readonly Erased[]> {
  const states = [
    eraseWithEvents,
    eraseAfterRestart,
    eraseUnreadable,
    eraseFailing,
    eraseCalledBack,
    eraseNeverStarted,
  ];
  const erased: Erased[] = [];
  for (const [index, state] of states.entries()) {
    erased.push(await state(world, `erased${index}@example.com`));
  }
  await operate(world, "events/resume");
  return erased;
}

/** Ory deletes the identity, and the next write finds that out. */
async function loseIdentity(world: World): Promise<void> {
  const identityId = await live(world, "gone@example.com", "warning");
  const url = `${world.env["KRATOS_ADMIN_URL"]}/admin/identities/${identityId}`;
  await (await world.fetch(url, { method: "DELETE" })).body?.cancel();
  await operate(world, `verifications/${identityId}/decide`, { status: "verified", reason: "x" });
  await pass(world, 1);
}

/** A start was given up because KV could not record what it had made. The person's press records it. */
async function recordLater(world: World): Promise<void> {
  const identityId = await live(world, "recorded@example.com", "abandoned");
  const made = { accountId: crypto.randomUUID(), workflowExecutionId: crypto.randomUUID() };
  const letter: DeadLetter<StartData> = {
    v: 1,
    kind: START.name,
    id: identityId,
    data: { made: { ...made, tokenHash: null } },
    reason: "kv_failed",
    failures: 1,
    deadAt: world.clock.now,
  };
  await world.store.commit({
    sets: [{ key: deadLetterKey(START, identityId), value: letter }],
  });
  await (await world.follow(identityId)).body?.cancel();
  await world.advance(1_000);
}

/** Create calls fail until the breaker opens, and succeed until it forgets that. */
async function failStarts(world: World): Promise<void> {
  world.jumio.faults.failsAfterStart = true;
  await live(world, "failed@example.com");
  await pass(world, 2);
  world.jumio.faults.failsAfterStart = false;
  await pass(world, 2);
  for (let person = 0; person < 20; person++) await live(world, `mended${person}@example.com`);
}

/** While events are paused: those that wait, and the requests that wait for them. */
async function eraseWithEvents(world: World, email: string): Promise<Erased> {
  world.receiver.answer = () => new Response(null, { status: 410 });
  const identityId = await live(world, email, "passed");
  const erased = await erase(world, identityId);
  world.receiver.answer = () => new Response(null);
  return erased;
}

/** With the times of the restarts, and with a damaged row of theirs. */
async function eraseAfterRestart(world: World, email: string): Promise<Erased> {
  const identityId = await live(world, email, "abandoned");
  await world.store.damage(restartsKey(identityId), "damaged");
  await (await world.follow(identityId)).body?.cancel();
  await world.advance(1_000);
  return await erase(world, identityId);
}

async function eraseUnreadable(world: World, email: string): Promise<Erased> {
  world.jumio.faults.details = "malformed";
  const identityId = await live(world, email, "passed");
  await pass(world, 15);
  world.jumio.faults.details = undefined;
  return await erase(world, identityId);
}

async function eraseFailing(world: World, email: string): Promise<Erased> {
  world.jumio.faults.isDown = true;
  const identityId = await world.register(email);
  await pass(world, 1);
  world.jumio.faults.isDown = false;
  return await erase(world, identityId);
}

/** Before the callback's check has run. */
async function eraseCalledBack(world: World, email: string): Promise<Erased> {
  const identityId = await live(world, email);
  await (await world.follow(identityId)).body?.cancel();
  await world.jumio.finish(executionsOf(world, identityId)[0] ?? "", "passed");
  return await erase(world, identityId);
}

/** A sweep has found that the person was never started. */
async function eraseNeverStarted(world: World, email: string): Promise<Erased> {
  const identityId = await registerWithoutHooks(world, email);
  world.kratos.configure(createActions());
  await operate(world, "sweep", { "dry_run": true, confirmed: false });
  await pass(world, 5);
  await operate(world, "sweep", { "dry_run": false, confirmed: true });
  await pass(world, 5);
  return await erase(world, identityId);
}

async function erase(world: World, identityId: string): Promise<Erased> {
  const { store, jumio } = world;
  const accounts = jumio.executions.filter(({ userReference }) => userReference === identityId)
    .map(({ accountId }) => accountId);
  const ids = [identityId, ...executionsOf(world, identityId), ...accounts];
  const before = (await store.listAll()).filter((row) => isAbout(row, ids));
  store.writer = "an erasure";
  await callOperator(world, `verifications/${identityId}/erase`, { body: {} });
  for (let minute = 0; minute < 5; minute++) await world.advance(MINUTE);
  store.writer = "the service";
  return { ids, before, after: await store.listAll() };
}

function executionsOf({ jumio }: World, identityId: string): readonly string[] {
  return jumio.executions.filter(({ userReference }) => userReference === identityId)
    .map(({ id }) => id);
}
