// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { delay } from "../../lib/deadline.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { registerByPassword } from "./ways_in/first_factors.ts";
import { Visitor } from "./ways_in/visitor.ts";
import { newEmail } from "./ways_in/way_in.ts";
import { createWorld, type KratosKind, type World } from "./world.ts";

/** The confirming read comes a minute after the verdict was published. */
const AFTER_CONFIRMATION_MS = 63_000;
/** Three of these are longer than the time from a verdict to its confirming read. */
const SLOW_HOOK_MS = 23_000;

interface Person {
  readonly identityId: string;
  readonly email: string;
  /** The metadata from before the verdict. */
  readonly pending: unknown;
}

/** How a rejection gets lost on an identity. */
type Lose = (world: World, person: Person) => Promise<void>;

/** A PATCH of the whole field, as a service does that knows nothing of other keys. */
function overwrite(value: unknown): Lose {
  return ({ ory }, { identityId }) =>
    ory.patch(identityId, [{ op: "replace", path: "/metadata_public", value }]);
}

const LOSSES: Readonly<Record<string, Lose>> = {
  async "a PUT without metadata_public"({ kratos }, { identityId, email }) {
    const response = await fetch(`${kratos.adminUrl}/admin/identities/${identityId}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ "schema_id": "person", state: "active", traits: { email } }),
    });
    await response.body?.cancel();
    assert.equal(response.status, 200);
  },
  "a PATCH that empties metadata_public": overwrite({}),
  "another service's PATCH of the whole metadata_public": overwrite({ plan: "gold" }),
  "an old copy of the metadata": (world, person) => overwrite(person.pending)(world, person),
  "a text as metadata_public": overwrite("gold"),
  "a list as metadata_public": overwrite(["gold"]),
};

async function rejectNewPerson(world: World): Promise<Person> {
  const email = newEmail();
  const { identityId } = await world.ory.register(email);
  const pending = await waitUntilStarted(world, identityId);
  await reject(world, identityId);
  return { identityId, email, pending };
}

/** Returns the metadata of somebody who is pending. */
async function waitUntilStarted({ ory, jumio }: World, identityId: string): Promise<unknown> {
  await waitUntil("the execution is on the identity", async () => {
    const id = (await ory.identity(identityId))?.jumio["workflow_execution_id"];
    return id !== undefined && jumio.executions.some((execution) => execution.id === id);
  });
  return (await ory.identity(identityId))?.metadataPublic;
}

async function reject({ ory, jumio }: World, identityId: string): Promise<void> {
  const started = jumio.executions.find(({ userReference }) => userReference === identityId);
  await jumio.finish(started?.id ?? "", "rejected");
  await waitForRejection(ory, identityId);
}

async function waitForRejection({ identity }: World["ory"], identityId: string): Promise<void> {
  await waitUntil(
    "the identity is rejected",
    async () => (await identity(identityId))?.jumio["status"] === "rejected",
  );
}

async function loseAndSignIn(
  lose: Lose,
  { world, person }: { world: World; person: Person },
): Promise<void> {
  const { ory } = world;
  await lose(world, person);
  assert.notEqual((await ory.identity(person.identityId))?.jumio["status"], "rejected");

  const signIn = await ory.signIn(person.email);

  assert.deepEqual([signIn.status, signIn.hasSession], [400, false]);
  assert.match(signIn.messages.join(), /could not be verified/);
  await waitForRejection(ory, person.identityId);
}

interface SlowHook extends AsyncDisposable {
  readonly url: string;
  /** Resolves with the first call. Kratos has read the identity then. */
  readonly called: Promise<void>;
}

/**
 * A hook of another service that makes a settings submission last longer than the confirming read:
 * Kratos tries it three times, and then writes the identity as it was when the submission began.
 */
function serveSlowHook(): SlowHook {
  const called = Promise.withResolvers<void>();
  let calls = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
    const call = ++calls;
    called.resolve();
    // Kratos calls it once more after it has written the identity.
    if (call <= 3) await delay(SLOW_HOOK_MS);
    return Response.json({}, { status: call < 3 ? 503 : 200 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    called: called.promise,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Adds a hook to the settings of a kratos.yml. */
function addSettingsHook(text: string, url: string): string {
  const config = parse(text);
  const body = `base64://${btoa("function(ctx) {}")}`;
  const hook = { url, method: "POST", body, response: { parse: true } };
  config.selfservice.flows.settings.after = {
    profile: { hooks: [{ hook: "web_hook", config: hook }] },
  };
  return stringify(config, { aliasDuplicateObjects: false });
}

/** Begins a settings submission of somebody who is pending, and has them rejected meanwhile. */
async function rejectDuringSubmission(
  world: World,
  slowHook: SlowHook,
): Promise<{ person: Person; submission: Promise<unknown> }> {
  const visitor = new Visitor("api", world.kratos);
  const email = newEmail();
  const identityId = await registerByPassword(visitor, email);
  const pending = await waitUntilStarted(world, identityId);
  const settings = await visitor.open("settings");
  const form = { method: "profile", traits: { email } };
  // Kratos answers a request for at most a minute, and goes on without an answer.
  const submission = visitor.submit(settings, form).catch(() => {});
  await slowHook.called;
  await reject(world, identityId);
  return { person: { identityId, email, pending }, submission };
}

const KINDS: readonly KratosKind[] = ["the real Kratos", "the simulated Kratos"];

Deno.test("A rejected person whose metadata is lost after the confirming read", async (t) => {
  await using slowHook = serveSlowHook();
  await using real = await createWorld("the real Kratos", {
    editConfig: (text) => addSettingsHook(text, slowHook.url),
  });
  await using simulated = await createWorld("the simulated Kratos");
  const worlds = { "the real Kratos": real, "the simulated Kratos": simulated };
  const slow = await rejectDuringSubmission(real, slowHook);
  // Everybody is rejected first, so that all wait for their confirming read together.
  const cases = [];
  for (const kind of KINDS) {
    for (const [name, lose] of Object.entries(LOSSES)) {
      const world = worlds[kind];
      cases.push({ kind, name, lose, world, person: await rejectNewPerson(world) });
    }
  }
  await delay(AFTER_CONFIRMATION_MS);

  for (const { kind, name, lose, ...who } of cases) {
    await t.step(
      `by ${name} on ${kind}: sign-in is refused, and the metadata is healed`,
      () => loseAndSignIn(lose, who),
    );
  }
  await t.step(
    "by a slow settings submission on the real Kratos: sign-in is refused, and the metadata is healed",
    async () => {
      const lose = ({ ory }: World, { identityId }: Person) =>
        waitUntil(
          "the old row is written",
          async () => (await ory.identity(identityId))?.jumio["status"] === "pending",
          { deadlineMs: 60_000 },
        );
      await loseAndSignIn(lose, { world: real, person: slow.person });
      await slow.submission;
    },
  );
});
