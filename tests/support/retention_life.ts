// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { deleteOldCounts } from "../../lib/history/hourly_counts.ts";
import type { Outcome } from "../../sandbox/simulators/jumio/simulator.ts";
import { createTestContext, type TestContext } from "./context.ts";
import { createMemoryStore } from "./memory_store.ts";
import { callOperator, OPERATOR_SECRET } from "./operator_api.ts";
import { EVENTS_ENV } from "./receiver.ts";
import { createRetentionStore, type RetentionStore } from "./retention_store.ts";

export const MINUTE = 60_000;
const DAY = 86_400_000;
const STEP_DAYS = 20;

/** A service with every feature that stores rows, on a store that follows the clock of the test. */
export interface World extends TestContext {
  readonly store: RetentionStore;
}

export async function createWorld(env: Record<string, string> = {}): Promise<World> {
  let clock = { now: 0 };
  const store = createRetentionStore(createMemoryStore(), { now: () => clock.now });
  const service = await createTestContext({
    store,
    env: {
      ...EVENTS_ENV,
      "OPERATOR_SECRET": OPERATOR_SECRET,
      "JUMIO_STARTS_PER_SECOND": "1000",
      "VERIFICATION_VALID_DAYS": "100",
      ...env,
    },
  });
  clock = service.clock;
  // An operator's write is theirs; the job that it asks for is the service's, and runs a moment later.
  service.context.jobs.attempt = () => Promise.resolve();
  return { ...service, store };
}

/** Moves the clock minute by minute. */
export async function pass(world: World, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) await world.advance(MINUTE);
}

/** Moves the clock in steps of days, with the cron that deletes old counts. */
export async function passDays(world: World, days: number): Promise<void> {
  for (let passed = 0; passed < days; passed += STEP_DAYS) {
    await world.advance(STEP_DAYS * DAY);
    await deleteOldCounts(world.store, world.clock.now);
  }
}

/** Does something as an operator. */
export async function operate(world: World, path: string, body: unknown = {}): Promise<void> {
  world.store.writer = "an operator";
  const { status, body: answer } = await callOperator(world, path, { body });
  world.store.writer = "the service";
  assert.equal(status, 200, `${path}: ${JSON.stringify(answer)}`);
}

/** Registers a person, and ends their execution at Jumio. */
export async function live(world: World, email: string, outcome?: Outcome): Promise<string> {
  const identityId = await world.register(email);
  await world.advance(1_000);
  if (outcome === undefined) return identityId;
  await (await world.follow(identityId)).body?.cancel();
  await world.jumio.finish(world.jumio.executions.at(-1)?.id ?? "", outcome);
  await pass(world, 2);
  return identityId;
}
