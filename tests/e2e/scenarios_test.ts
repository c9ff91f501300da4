import assert from "node:assert/strict";
import type { SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { createWorld, type KratosKind, type World } from "./world.ts";

const KINDS: readonly KratosKind[] = ["the real Kratos", "the simulated Kratos"];

/** Registers somebody new, and waits for the execution that is started for them. */
async function registerSomebody(
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

for (const kind of KINDS) {
  Deno.test(`On ${kind}`, async (t) => {
    await using world = await createWorld(kind);
    const { ory, jumio } = world;

    await t.step("a registration leaves pending, both ids and the person's link", async () => {
      const { identityId, execution } = await registerSomebody(world);

      const identity = await ory.identity(identityId);
      assert.equal(identity?.jumio["status"], "pending");
      assert.equal(identity?.jumio["account_id"], execution.accountId);
      assert.equal(identity?.jumio["workflow_execution_id"], execution.id);
      assert.match(String(identity?.jumio["verification_url"]), /\/jumio\/verify\?token=ey/);
    });

    await t.step("PASSED leads to a sign-in, and to one while the service is down", async () => {
      const { email, identityId, execution } = await registerSomebody(world);

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
    });

    await t.step(
      "REJECTED leads to a refusal that the person can read, also by recovery",
      async () => {
        const { email, identityId, execution } = await registerSomebody(world);

        await jumio.finish(execution.id, "rejected");
        await waitForStatus(world, identityId, "rejected");
        const signIn = await ory.signIn(email);
        const recovery = await ory.recover(identityId);

        assert.deepEqual([signIn.status, signIn.hasSession], [400, false]);
        assert.match(signIn.messages.join(), /could not be verified/);
        assert.deepEqual([recovery.status, recovery.hasSession], [303, false]);
        assert.match(recovery.messages.join(), /could not be verified/);
      },
    );

    await t.step("who is not verified is refused while the service is down", async () => {
      const { email } = await registerSomebody(world);

      await world.stopService();
      const whileDown = await ory.signIn(email);
      await world.startService();
      const back = await ory.signIn(email);

      assert.equal(whileDown.hasSession, false);
      assert.equal(back.hasSession, true);
    });

    for (
      const [outcome, status] of [
        ["warning", "review"],
        ["abandoned", "expired"],
        ["link_expired", "expired"],
      ] as const
    ) {
      await t.step(`${outcome} leads to ${status}, and is let in`, async () => {
        const { email, identityId, execution } = await registerSomebody(world);

        await jumio.finish(execution.id, outcome);
        await waitForStatus(world, identityId, status);
        const signIn = await ory.signIn(email);

        assert.deepEqual([signIn.status, signIn.hasSession], [200, true]);
      });
    }

    await t.step("a registration succeeds while Jumio is down, and is made up for", async () => {
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
    });

    await t.step("a service that is restarted goes on where it was", async () => {
      const { identityId, execution } = await registerSomebody(world);
      jumio.faults.nextStatuses.push(503, 503);
      await jumio.finish(execution.id, "passed");

      await world.stopService();
      await world.startService();

      await waitForStatus(world, identityId, "verified");
    });

    await t.step("a verdict touches no other key of the metadata", async () => {
      const { identityId, execution } = await registerSomebody(world);
      await ory.patch(identityId, [{ op: "add", path: "/metadata_public/plan", value: "gold" }]);

      await jumio.finish(execution.id, "rejected");
      await waitForStatus(world, identityId, "rejected");

      assert.equal(Object((await ory.identity(identityId))?.metadataPublic).plan, "gold");
    });
  });

  Deno.test(`On ${kind}, a hook that is set up wrongly is refused with a message that says so`, async () => {
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
    assert.equal(world.jumio.calls.length, 0);
  });
}
