import assert from "node:assert/strict";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import type { Visit } from "./ory.ts";
import { createWorld, type KratosKind, type World } from "./world.ts";

const KINDS: readonly KratosKind[] = ["the real Kratos", "the simulated Kratos"];

const SETTINGS = { "LOGIN_BLOCKED_STATUSES": "rejected,expired,pending,none" };

async function registerSomebody(
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

/** The link that a person reads in a refusal. */
function linkIn({ messages, hasSession }: Visit): string {
  assert.equal(hasSession, false);
  const [link = ""] = /http\S+\/jumio\/verify\?token=\S+$/.exec(messages.join()) ?? [];
  assert.notEqual(link, "", `There is no link in: ${messages.join()}`);
  return link;
}

/** Opens a link and presses its button, as a browser does. Returns where that leads. */
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

for (const kind of KINDS) {
  Deno.test(`On ${kind}, where nobody signs in before they are verified`, async (t) => {
    await using world = await createWorld(kind, { settings: SETTINGS });
    const { ory, jumio } = world;

    const newest = (identityId: string) =>
      jumio.executions.filter(({ userReference }) => userReference === identityId).at(-1);

    async function finish(identityId: string, outcome: "passed" | "abandoned"): Promise<void> {
      await jumio.finish(newest(identityId)?.id ?? "", outcome);
      const status = outcome === "passed" ? "verified" : "expired";
      await waitUntil(
        `the identity is ${status}`,
        async () => (await ory.identity(identityId))?.jumio["status"] === status,
      );
    }

    await t.step("who is pending reads their link at the sign-in, and it leads in", async () => {
      const { email, identityId } = await registerSomebody(world);

      const link = linkIn(await ory.signIn(email));
      const way = await followLink(link);
      await finish(identityId, "passed");
      const signIn = await ory.signIn(email);

      assert.equal(way, newest(identityId)?.href);
      assert.deepEqual([signIn.status, signIn.hasSession], [200, true]);
    });

    await t.step("so does who recovers their account", async () => {
      const { identityId } = await registerSomebody(world);

      const link = linkIn(await ory.recover(identityId));

      assert.equal(await followLink(link), newest(identityId)?.href);
    });

    await t.step("who ran out of time starts again from there", async () => {
      const { email, identityId } = await registerSomebody(world);
      const first = newest(identityId);
      await finish(identityId, "abandoned");

      const way = await followLink(linkIn(await ory.signIn(email)));
      await finish(identityId, "passed");

      assert.equal(way, newest(identityId)?.href);
      assert.notEqual(newest(identityId)?.id, first?.id);
      assert.equal((await ory.signIn(email)).hasSession, true);
    });

    await t.step("who lost what was written on them is helped as well", async () => {
      const { email, identityId } = await registerSomebody(world);
      await ory.patch(identityId, [{ op: "replace", path: "/metadata_public", value: {} }]);

      const link = linkIn(await ory.signIn(email));

      assert.equal(await followLink(link), newest(identityId)?.href);
    });
  });

  Deno.test(`On ${kind}, whose registration told us nothing starts from the refusal`, async () => {
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

    const way = await followLink(linkIn(await ory.signIn(email)));

    assert.equal(jumio.executions.length, 1);
    assert.equal(jumio.executions[0]?.userReference, identityId);
    assert.equal(way, jumio.executions[0]?.href);
  });
}
