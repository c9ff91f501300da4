// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { FIRST_FACTORS } from "./ways_in/first_factors.ts";
import type { HookCall } from "./ways_in/hook_recorder.ts";
import type { Setup } from "./ways_in/kratos_config.ts";
import { NOT_SIMULATED } from "./ways_in/not_simulated.ts";
import { OIDC } from "./ways_in/oidc.ts";
import { RECOVERY_BY_CODE, RECOVERY_BY_LINK, RECOVERY_CONTINUED } from "./ways_in/recovery.ts";
import { createRig, type Rig } from "./ways_in/rig.ts";
import { OTHER_STEP_UPS, STEP_UPS } from "./ways_in/second_factors.ts";
import type { Entry, Person, WayIn } from "./ways_in/way_in.ts";
import type { World } from "./world.ts";

const INITIATE = { path: "/jumio/initiate", status: 200 };
const LET_IN = { path: "/jumio/validate", status: 200 };
const REFUSED = { path: "/jumio/validate", status: 403 };

const WAYS: Readonly<Record<Setup, Readonly<Record<string, WayIn>>>> = {
  "first factors": { ...FIRST_FACTORS, ...OIDC, ...STEP_UPS, ...RECOVERY_BY_CODE },
  "second factors": { ...OTHER_STEP_UPS, ...RECOVERY_BY_LINK },
  "use_continue_with_transitions": RECOVERY_CONTINUED,
};

const SETUPS = ["first factors", "second factors", "use_continue_with_transitions"] as const;

/** The hooks that Kratos has called for a person, without their ids. */
function hooksOf(world: World, identityId: string): Pick<HookCall, "path" | "status">[] {
  return world.hookCalls.filter((call) => call.identityId === identityId)
    .map(({ path, status }) => ({ path, status }));
}

/** Tries to get in, and returns the hooks that this try called. */
async function enter(
  world: World,
  { identityId, enter }: Person,
): Promise<Entry & { hooks: Pick<HookCall, "path" | "status">[] }> {
  const before = hooksOf(world, identityId).length;
  const entry = await enter();
  return { ...entry, hooks: hooksOf(world, identityId).slice(before) };
}

async function decide(
  { jumio, ory }: World,
  { identityId }: Person,
  [outcome, status]: readonly ["passed", "verified"] | readonly ["rejected", "rejected"],
): Promise<void> {
  const find = () => jumio.executions.find(({ userReference }) => userReference === identityId);
  await waitUntil("the execution is started", () => find() !== undefined);
  await jumio.finish(find()?.id ?? "", outcome);
  await waitUntil(
    `the identity is ${status}`,
    async () => (await ory.identity(identityId))?.jumio["status"] === status,
  );
}

async function tryWay(way: WayIn, rig: Rig): Promise<void> {
  const { world } = rig;
  const [suspect, honest] = [await way.prepare(rig), await way.prepare(rig)];
  const registered = hooksOf(world, suspect.identityId)
    .filter(({ path }) => path === INITIATE.path);
  const pending = await enter(world, suspect);
  await Promise.all([
    decide(world, suspect, ["rejected", "rejected"]),
    decide(world, honest, ["passed", "verified"]),
  ]);
  const rejected = await enter(world, suspect);
  const verified = await enter(world, honest);

  assert.deepEqual(registered, [INITIATE]);
  assert.deepEqual([pending.isIn, pending.hooks], [true, [LET_IN]], pending.messages);
  assert.deepEqual([rejected.isIn, rejected.hooks], [false, [REFUSED]], rejected.messages);
  assert.match(rejected.messages, /could not be verified/);
  // The template lets verified people in without a call.
  assert.deepEqual([verified.isIn, verified.hooks], [true, []], verified.messages);
}

/** The simulator does not have a flow, an input or a redirect that this way needs. */
async function lacksWay(way: WayIn, rig: Rig): Promise<void> {
  const tried = way.prepare(rig).then((person) => person.enter());

  await assert.rejects(tried, /No flow: 404|No input|Invalid URL: 'undefined'/);
}

for (const setup of SETUPS) {
  Deno.test(`On the real Kratos with ${setup}, every way in lets pending and verified people in, refuses rejected ones, and calls each hook once`, async (t) => {
    await using rig = await createRig("the real Kratos", setup);

    for (const [name, way] of Object.entries(WAYS[setup])) {
      await t.step(name, () => tryWay(way, rig));
    }
  });
}

Deno.test("The simulated Kratos agrees with the real one about every way in that it has", async (t) => {
  await using rig = await createRig("the simulated Kratos", "first factors");
  const ways = Object.assign({}, ...SETUPS.map((setup) => WAYS[setup]));
  const unknown = Object.keys(NOT_SIMULATED).filter((name) => !(name in ways));
  assert.deepEqual(unknown, []);

  for (const [name, way] of Object.entries<WayIn>(ways)) {
    const why = NOT_SIMULATED[name];
    if (why === undefined) await t.step(name, () => tryWay(way, rig));
    else await t.step(`does not have "${name}": ${why}`, () => lacksWay(way, rig));
  }
});
