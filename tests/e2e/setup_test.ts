// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import { operate } from "../support/operator.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { createWorld, HOOK_SECRET, type World } from "./world.ts";

/** A world, and its merged kratos.yml for the doctor to check. */
interface SetUpWorld {
  readonly world: World;
  readonly merged: string;
}

/** Starts a real Kratos whose kratos.yml has no hook of ours until `operator render` merges them. */
async function setUp(args: readonly string[]): Promise<SetUpWorld> {
  let merged = "";
  const world = await createWorld("the real Kratos", {
    misconfigure({ selfservice: { flows } }) {
      for (const { after } of Object.values(flows)) {
        for (const list of Object.values(after)) {
          const hooks = Array.isArray(list) ? list : list?.hooks ?? [];
          hooks.length = 0;
        }
      }
    },
    async editConfig(text, serviceUrl) {
      const argv = ["render", "--merge", "kratos.yml", `--url=${serviceUrl}`, ...args];
      const { exitCode, stdout, stderr } = await operate(argv, { files: { "kratos.yml": text } });
      assert.equal(exitCode, 0, stderr);
      merged = stdout.replaceAll("${ORY_WEBHOOK_SECRET}", HOOK_SECRET);
      return merged;
    },
  });
  return { world, merged };
}

async function register({ ory }: World): Promise<{ email: string; identityId: string }> {
  const email = `${crypto.randomUUID()}@example.com`;
  const { status, hasSession, identityId, messages } = await ory.register(email);
  assert.deepEqual([status, hasSession], [200, true], messages.join());
  await waitForStatus({ ory }, identityId, "pending");
  return { email, identityId };
}

async function waitForStatus(
  { ory }: Pick<World, "ory">,
  identityId: string,
  status: string,
): Promise<void> {
  await waitUntil(
    `the identity is ${status}`,
    async () => (await ory.identity(identityId))?.jumio["status"] === status,
  );
}

async function reject({ jumio, ory }: World, identityId: string): Promise<void> {
  const find = () => jumio.executions.find(({ userReference }) => userReference === identityId);
  await waitUntil("the execution is started", () => find() !== undefined);
  await jumio.finish(find()?.id ?? "", "rejected");
  await waitForStatus({ ory }, identityId, "rejected");
}

Deno.test("operator render --merge gives a kratos.yml with which a real Kratos registers and signs in", async () => {
  const { world, merged } = await setUp([]);
  await using _ = world;
  const { ory } = world;

  const doctor = await operate(["doctor", "--json", "-"], {
    stdin: merged,
    env: { ...world.env },
    fetch,
    now: Date.now,
  });
  const { email, identityId } = await register(world);
  const whilePending = await ory.signIn(email);
  await reject(world, identityId);
  const whenRejected = await ory.signIn(email);

  const hooks: { hook: string }[] =
    parse(merged).selfservice.flows.registration.after.password.hooks;
  assert.deepEqual(hooks.map(({ hook }) => hook), ["web_hook", "session"]);
  assert.deepEqual([whilePending.status, whilePending.hasSession], [200, true]);
  assert.deepEqual([whenRejected.status, whenRejected.hasSession], [400, false]);
  assert.match(whenRejected.messages.join(), /could not be verified/);
  // The only finding: Jumio cannot call back to a loopback address.
  const { findings }: { findings: { id: string }[] } = JSON.parse(doctor.stdout);
  assert.deepEqual(findings.map(({ id }) => id), ["public_url_unfit"]);
});

Deno.test("operator render --ask-only=rejected: while the service is down, pending people sign in and rejected people do not", async () => {
  const { world } = await setUp(["--ask-only=rejected"]);
  await using _ = world;
  const { ory } = world;
  const pending = await register(world);
  const rejected = await register(world);
  await reject(world, rejected.identityId);

  await world.stopService();
  const pendingWhileDown = await ory.signIn(pending.email);
  const rejectedWhileDown = await ory.signIn(rejected.email);
  await world.startService();
  const rejectedWhenUp = await ory.signIn(rejected.email);

  assert.deepEqual([pendingWhileDown.status, pendingWhileDown.hasSession], [200, true]);
  assert.equal(rejectedWhileDown.hasSession, false);
  assert.match(rejectedWhenUp.messages.join(), /could not be verified/);
});
