// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { createWorld, type KratosKind, type World } from "./world.ts";

const KINDS: readonly KratosKind[] = ["the real Kratos", "the simulated Kratos"];

/** Registers a new person and waits until their execution has started. */
async function registerPerson(
  { ory, jumio }: World,
): Promise<{ email: string; identityId: string; execution: SimulatedExecution }> {
  const email = `${crypto.randomUUID()}@example.com`;
  const visit = await ory.register(email);
  assert.equal(visit.status, 200, visit.messages.join());
  const { identityId } = visit;
  await waitUntil(
    "the execution is named on the identity",
    async () =>
      typeof (await ory.identity(identityId))?.jumio["workflow_execution_id"] === "string",
  );
  const execution = jumio.executions.find(({ userReference }) => userReference === identityId);
  assert(execution);
  return { email, identityId, execution };
}

async function waitForStatus({ ory }: World, identityId: string, status: string): Promise<void> {
  await waitUntil(
    `the identity is ${status}`,
    async () => (await ory.identity(identityId))?.jumio["status"] === status,
  );
}

const SCENARIOS: Readonly<Record<string, (world: World) => Promise<void>>> = {
  async "a registration writes pending, both ids and the person's link"(world) {
    const { ory } = world;
    const { identityId, execution } = await registerPerson(world);

    const identity = await ory.identity(identityId);
    assert.equal(identity?.jumio["status"], "pending");
    assert.equal(identity?.jumio["account_id"], execution.accountId);
    assert.equal(identity?.jumio["workflow_execution_id"], execution.id);
    assert.match(String(identity?.jumio["verification_url"]), /\/jumio\/verify\?token=ey/);
  },

  async "after PASSED a person signs in, even while the service is down"(world) {
    const { ory, jumio } = world;
    const { email, identityId, execution } = await registerPerson(world);

    await jumio.finish(execution.id, "passed");
    await waitForStatus(world, identityId, "verified");
    const signIn = await ory.signIn(email);
    await world.stopService();
    const whileDown = await ory.signIn(email);
    const recovery = await ory.recover(identityId);
    await world.startService();

    assert.deepEqual([signIn.status, signIn.hasSession], [200, true]);
    assert.deepEqual([whileDown.status, whileDown.hasSession], [200, true]);
    assert.equal(recovery.hasSession, true);
  },

  async "after REJECTED sign-in and recovery are refused with a message"(world) {
    const { ory, jumio } = world;
    const { email, identityId, execution } = await registerPerson(world);

    await jumio.finish(execution.id, "rejected");
    await waitForStatus(world, identityId, "rejected");
    const signIn = await ory.signIn(email);
    const recovery = await ory.recover(identityId);

    assert.deepEqual([signIn.status, signIn.hasSession], [400, false]);
    assert.match(signIn.messages.join(), /could not be verified/);
    assert.deepEqual([recovery.status, recovery.hasSession], [303, false]);
    assert.match(recovery.messages.join(), /could not be verified/);
  },

  async "people who are not verified are refused while the service is down"(world) {
    const { ory } = world;
    const { email } = await registerPerson(world);

    await world.stopService();
    const whileDown = await ory.signIn(email);
    await world.startService();
    const back = await ory.signIn(email);

    assert.equal(whileDown.hasSession, false);
    assert.equal(back.hasSession, true);
  },

  async "a registration succeeds while Jumio is down, and its execution starts later"(world) {
    const { ory, jumio } = world;
    const email = `${crypto.randomUUID()}@example.com`;
    jumio.faults.isDown = true;
    const visit = await ory.register(email);
    jumio.faults.isDown = false;
    await waitUntil(
      "the execution is started",
      () => jumio.executions.some(({ userReference }) => userReference === visit.identityId),
    );
    const execution = jumio.executions
      .find(({ userReference }) => userReference === visit.identityId);
    await jumio.finish(execution?.id ?? "", "passed");
    await waitForStatus(world, visit.identityId, "verified");

    assert.deepEqual([visit.status, visit.hasSession], [200, true]);
  },

  async "a restarted service continues its work"(world) {
    const { jumio } = world;
    const { identityId, execution } = await registerPerson(world);
    jumio.faults.nextStatuses.push(503, 503);
    await jumio.finish(execution.id, "passed");

    await world.stopService();
    await world.startService();

    await waitForStatus(world, identityId, "verified");
  },

  async "a verdict changes no other key of the metadata"(world) {
    const { ory, jumio } = world;
    const { identityId, execution } = await registerPerson(world);
    await ory.patch(identityId, [{ op: "add", path: "/metadata_public/plan", value: "gold" }]);

    await jumio.finish(execution.id, "rejected");
    await waitForStatus(world, identityId, "rejected");

    assert.equal(Object((await ory.identity(identityId))?.metadataPublic).plan, "gold");
  },
};

const ALLOWED = [
  ["warning", "review"],
  ["abandoned", "expired"],
  ["link_expired", "expired"],
] as const;

/** An outcome after which the person still signs in. */
async function signInAfter([outcome, status]: typeof ALLOWED[number], world: World): Promise<void> {
  const { ory, jumio } = world;
  const { email, identityId, execution } = await registerPerson(world);

  await jumio.finish(execution.id, outcome);
  await waitForStatus(world, identityId, status);
  const signIn = await ory.signIn(email);

  assert.deepEqual([signIn.status, signIn.hasSession], [200, true]);
}

for (const kind of KINDS) {
  Deno.test(`On ${kind}`, async (t) => {
    await using world = await createWorld(kind);

    for (const [name, run] of Object.entries(SCENARIOS)) await t.step(name, () => run(world));
    for (const end of ALLOWED) {
      await t.step(
        `after ${end[0]} the status is ${end[1]}, and the person signs in`,
        () => signInAfter(end, world),
      );
    }
  });

  Deno.test(`On ${kind}, a registration with a wrongly configured hook is refused with a message that says so`, async () => {
    await using world = await createWorld(kind, {
      misconfigure({ selfservice: { flows: { registration } } }) {
        for (const list of Object.values(registration.after)) {
          if (list === undefined || Array.isArray(list)) continue;
          for (const { config } of list.hooks) {
            Object.assign(config ?? {}, { response: { parse: true } });
          }
        }
      },
    });

    const email = `${crypto.randomUUID()}@example.com`;
    const visit = await world.ory.register(email);

    assert.deepEqual([visit.status, visit.hasSession], [400, false]);
    assert.match(visit.messages.join(), /response\.parse to false/);
    assert.deepEqual(await world.ory.find(email), []);
    // Only the time was asked for, when the service started.
    assert.deepEqual(world.jumio.calls.filter(({ path }) => path.includes("/accounts")), []);
  });
}
