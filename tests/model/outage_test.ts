// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { MAX_CREATES_A_DAY } from "../../lib/verification/create_calls.ts";
import { type Verification, verificationKey } from "../../lib/verification/rows.ts";
import { breakerKey } from "../../lib/jobs/breaker.ts";
import { START } from "../../lib/verification/job_kinds.ts";
import { INSTANCES } from "./actions.ts";
import { advance, perform } from "./perform.ts";
import { createRandom } from "./random.ts";
import { readRow } from "./rows.ts";
import { createState, executionsOf, type ModelState } from "./state.ts";
import { createModelConfig } from "./world.ts";

const STEP_SECONDS = 120;
const DAY_SECONDS = 86_400;

async function register(state: ModelState, person: number): Promise<void> {
  await perform(state, { type: "register", person, instances: [person % INSTANCES], atOnce: true });
}

/** Whoever has a link does not press. */
async function press(state: ModelState, person: number): Promise<void> {
  if (isStarted(state, state.people[person] ?? "")) return;
  await perform(state, { type: "again", person, instance: person % INSTANCES, waits: false });
}

/** Lets time pass. Meanwhile people press, some of them again and again. */
async function pass(
  state: ModelState,
  { seconds, random }: { seconds: number; random: () => number },
): Promise<void> {
  for (let at = 0; at < seconds; at += STEP_SECONDS) {
    await press(state, Math.floor(random() * state.people.length));
    await press(state, 0);
    await advance(state, { seconds: STEP_SECONDS, stalls: false });
  }
}

function countExecutions(state: ModelState): number[] {
  return state.people.map((identityId) => executionsOf(state, identityId).length);
}

function isStarted({ shared }: ModelState, identityId: string): boolean {
  const record = readRow<Verification>(shared, verificationKey(identityId));
  return record !== null && record.workflowExecutionId !== null;
}

for (const persons of [1, 3, 12]) {
  Deno.test(`Jumio answers 500 for a day, then works: each of ${persons} is started, with at most ${MAX_CREATES_A_DAY} executions`, async () => {
    const state = createState(createModelConfig(), 1, persons);
    const random = createRandom(2);
    state.jumio.faults.failsAfterStart = true;
    const atOnce = Math.ceil(persons / 2);
    for (let person = 0; person < atOnce; person++) await register(state, person);

    // The others register one after the other during the day.
    for (let person = atOnce; person < persons; person++) {
      await pass(state, { seconds: DAY_SECONDS / (persons - atOnce + 1), random });
      await register(state, person);
    }
    await pass(state, { seconds: DAY_SECONDS - elapsed(state), random });
    state.jumio.faults.failsAfterStart = false;
    await pass(state, { seconds: 5 * 3600 + 600, random });
    await Promise.all(state.instances.map((instance) => instance.stop()));

    assert.deepEqual(state.people.filter((identityId) => !isStarted(state, identityId)), []);
    const counts = countExecutions(state);
    assert(counts.every((count) => count <= MAX_CREATES_A_DAY), counts.join(" "));
  });
}

Deno.test("a person whose create calls alone fail for two days has at most six executions in any 24 hours", async () => {
  const state = createState(createModelConfig(), 1, 1);
  const [identityId = ""] = state.people;
  state.jumio.faults.failsAfterStart = true;
  await register(state, 0);

  for (let at = 0; at < 2 * DAY_SECONDS; at += STEP_SECONDS) {
    // Other people's successes keep the breaker closed.
    state.shared.rows.delete(JSON.stringify(breakerKey(START)));
    await press(state, 0);
    await advance(state, { seconds: STEP_SECONDS, stalls: false });
  }
  await Promise.all(state.instances.map((instance) => instance.stop()));

  const times = executionsOf(state, identityId).map(({ createdAt }) => createdAt);
  assert(times.length > MAX_CREATES_A_DAY);
  for (const [index, time] of times.entries()) {
    assert((times[index + MAX_CREATES_A_DAY] ?? Infinity) - time >= DAY_SECONDS * 1000);
  }
});

function elapsed({ clock }: ModelState): number {
  return (clock.now - Date.UTC(2026, 0, 1)) / 1000;
}
