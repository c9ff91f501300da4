// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { MESSAGE_IDS } from "../../lib/kratos/messages.ts";
import { de } from "../../locales/de.ts";
import { en } from "../../locales/en.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { createWorld, type KratosKind } from "./world.ts";

const KINDS: readonly KratosKind[] = ["the real Kratos", "the simulated Kratos"];
const GERMAN = { acceptLanguage: "de-CH, de;q=0.9, en;q=0.8" };

for (const kind of KINDS) {
  Deno.test(`${kind} passes on the person's language and shows our texts and message ids`, async () => {
    await using world = await createWorld(kind);
    const { ory, jumio } = world;
    const email = `${crypto.randomUUID()}@example.com`;
    const { signIn: german } = de;

    const { identityId } = await ory.register(email, GERMAN);
    await waitUntil("the execution is started", () => jumio.executions.length === 1);
    const [execution] = jumio.executions;
    await jumio.finish(execution?.id ?? "", "rejected");
    await waitUntil(
      "the identity is rejected",
      async () => (await ory.identity(identityId))?.jumio["status"] === "rejected",
    );
    const signIn = await ory.signIn(email, GERMAN);
    const recovery = await ory.recover(identityId, GERMAN);
    const withoutLanguage = await ory.signIn(email);

    assert.equal(execution?.locale, "de");
    for (const { messages, messageIds, hasSession } of [signIn, recovery]) {
      assert.equal(hasSession, false);
      assert.deepEqual([messages, messageIds], [[german.rejected], [MESSAGE_IDS.rejected]]);
    }
    assert.deepEqual(withoutLanguage.messages, [en.signIn.rejected]);
  });
}

Deno.test("the real Kratos shows the person's short link in the person's language", async () => {
  const settings = { "LOGIN_BLOCKED_STATUSES": "rejected,pending" };
  await using world = await createWorld("the real Kratos", { settings });
  const email = `${crypto.randomUUID()}@example.com`;
  await world.ory.register(email, GERMAN);

  const { messages: [text = ""], messageIds } = await world.ory.signIn(email, GERMAN);

  const { pending, withLink } = de.signIn;
  const link = text.slice(`${pending} ${withLink} `.length);
  assert.equal(text, `${pending} ${withLink} ${link}`);
  assert.deepEqual(messageIds, [MESSAGE_IDS.pending]);
  assert(link.length - (world.env["PUBLIC_URL"] ?? "").length <= 180, link);
  const page = await fetch(link, { headers: { "accept-language": "de" } });
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<html lang="de" dir="ltr">/);
});
