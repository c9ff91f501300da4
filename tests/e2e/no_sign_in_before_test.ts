// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { SimulatedExecution } from "../../sandbox/simulators/jumio/simulator.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import type { Visit } from "./ory.ts";
import { createWorld, type KratosKind, type World } from "./world.ts";

const KINDS: readonly KratosKind[] = ["the real Kratos", "the simulated Kratos"];

const SETTINGS = { "LOGIN_BLOCKED_STATUSES": "rejected,expired,pending,none" };

async function registerPerson(
  { ory }: World,
): Promise<{ email: string; identityId: string }> {
  const email = `${crypto.randomUUID()}@example.com`;
  const { identityId } = await ory.register(email);
  await waitUntil(
    "the execution is named on the identity",
    async () =>
      typeof (await ory.identity(identityId))?.jumio["workflow_execution_id"] === "string",
  );
  return { email, identityId };
}

/** The link in the message of a refusal. */
function linkIn({ messages, hasSession }: Visit): string {
  assert.equal(hasSession, false);
  const [link = ""] = /http\S+\/jumio\/verify\?token=\S+$/.exec(messages.join()) ?? [];
  assert.notEqual(link, "", `There is no link in: ${messages.join()}`);
  return link;
}

/** Opens a link and presses its button, as a browser does. Returns the address that follows. */
async function followLink(link: string): Promise<string> {
  const page = await fetch(link);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<button/);
  const url = new URL(link);
  const response = await fetch(url.origin + url.pathname, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url.origin },
    body: url.searchParams,
  });
  await response.body?.cancel();
  assert.equal(response.status, 303);
  return response.headers.get("location") ?? "";
}

function newest({ jumio }: World, identityId: string): SimulatedExecution | undefined {
  return jumio.executions.findLast(({ userReference }) => userReference === identityId);
}

async function finish(
  world: World,
  identityId: string,
  outcome: "passed" | "abandoned",
): Promise<void> {
  await world.jumio.finish(newest(world, identityId)?.id ?? "", outcome);
  const status = outcome === "passed" ? "verified" : "expired";
  await waitUntil(
    `the identity is ${status}`,
    async () => (await world.ory.identity(identityId))?.jumio["status"] === status,
  );
}

const SCENARIOS: Readonly<Record<string, (world: World) => Promise<void>>> = {
  async "a pending person gets a link at sign-in, which leads to Jumio and then to a session"(
    world,
  ) {
    const { ory } = world;
    const { email, identityId } = await registerPerson(world);

    const link = linkIn(await ory.signIn(email));
    const target = await followLink(link);
    await finish(world, identityId, "passed");
    const signIn = await ory.signIn(email);

    assert.equal(target, newest(world, identityId)?.href);
    assert.deepEqual([signIn.status, signIn.hasSession], [200, true]);
  },

  async "a pending person gets a link at recovery"(world) {
    const { ory } = world;
    const { identityId } = await registerPerson(world);

    const link = linkIn(await ory.recover(identityId));

    assert.equal(await followLink(link), newest(world, identityId)?.href);
  },

  async "a person whose verification expired gets a link that starts again"(world) {
    const { ory } = world;
    const { email, identityId } = await registerPerson(world);
    const first = newest(world, identityId);
    await finish(world, identityId, "abandoned");

    const target = await followLink(linkIn(await ory.signIn(email)));
    await finish(world, identityId, "passed");

    assert.equal(target, newest(world, identityId)?.href);
    assert.notEqual(newest(world, identityId)?.id, first?.id);
    assert.equal((await ory.signIn(email)).hasSession, true);
  },

  async "a person whose metadata was lost gets a link"(world) {
    const { ory } = world;
    const { email, identityId } = await registerPerson(world);
    await ory.patch(identityId, [{ op: "replace", path: "/metadata_public", value: {} }]);

    const link = linkIn(await ory.signIn(email));

    assert.equal(await followLink(link), newest(world, identityId)?.href);
  },
};

for (const kind of KINDS) {
  Deno.test(`On ${kind}, when people cannot sign in before they are verified`, async (t) => {
    await using world = await createWorld(kind, { settings: SETTINGS });

    for (const [name, run] of Object.entries(SCENARIOS)) await t.step(name, () => run(world));
  });

  Deno.test(`On ${kind}, a person whose registration called no hook starts from the refusal`, async () => {
    await using world = await createWorld(kind, {
      settings: SETTINGS,
      misconfigure({ selfservice: { flows } }) {
        for (const list of Object.values(flows.registration.after)) {
          if (list !== undefined && !Array.isArray(list)) list.hooks.length = 0;
        }
      },
    });
    const { ory, jumio } = world;
    const email = `${crypto.randomUUID()}@example.com`;
    const { identityId } = await ory.register(email);

    const target = await followLink(linkIn(await ory.signIn(email)));

    assert.equal(jumio.executions.length, 1);
    assert.equal(jumio.executions[0]?.userReference, identityId);
    assert.equal(target, jumio.executions[0]?.href);
  });
}
