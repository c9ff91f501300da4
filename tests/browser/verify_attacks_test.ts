// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { metadataOf, registerPerson } from "../../sandbox/processes/fleet.ts";
import { startBrowser } from "./browser.ts";
import { choose, press, type Scene, startWorld, titleOf, waitForTitle } from "./person_page.ts";

const ATTACKS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async "another person's ids and cookie show and start nothing"({ world, browser, jumio }) {
    const ada = await registerPerson(world);
    const eve = await registerPerson(world);
    const page = await browser.open();
    await page.goto(ada.link);
    await press(page);
    await choose(page, "passed");
    await waitForTitle(page, "You are verified");
    const execution = jumio.executions.find(({ userReference }) =>
      userReference === ada.identityId
    );

    const other = await browser.open();
    await other.goto(eve.link);
    await press(other);
    await other.waitForSelector("button[name=outcome]");
    const query = new URLSearchParams({
      accountId: execution?.accountId ?? "",
      workflowExecutionId: execution?.id ?? "",
      acquisitionStatus: "SUCCESS",
      customerInternalReference: ada.identityId,
    });
    await other.goto(`${world.urls[0]}/jumio/verify/return?${query}`);
    assert.equal(await titleOf(other), "We are checking your details");
    assert(!(await other.content()).includes(ada.identityId));

    await page.goto(eve.link);
    assert.equal(await titleOf(page), "Your verification is under way");
    assert.equal(metadataOf(world, eve.identityId)["status"], "pending");
  },

  async "a form on another site starts nothing"({ world, browser, jumio }) {
    const { identityId, link } = await registerPerson(world);
    const token = new URL(link).searchParams.get("token");
    const html = `<form method="post" action="${world.urls[0]}/jumio/verify">
      <input name="token" value="${token}"><button>Win</button></form>`;
    const evil = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
      return new Response(html, { headers: { "content-type": "text/html" } });
    });
    const page = await browser.open();
    await page.goto(`http://127.0.0.1:${evil.addr.port}/`);

    await press(page, "Win");
    await waitForTitle(page, "Please open your link again");
    await evil.shutdown();

    const execution = jumio.executions.find(({ userReference }) => userReference === identityId);
    assert.equal(execution?.startedAt, undefined);
  },

  async "no page can be framed, and none loads anything from elsewhere"({ world, browser }) {
    const { link } = await registerPerson(world);
    const page = await browser.open();
    const requested: string[] = [];
    page.on("request", (request) => requested.push(new URL(request.url()).origin));

    const response = await page.goto(link);

    const headers = response?.headers() ?? {};
    assert.match(headers["content-security-policy"] ?? "", /frame-ancestors 'none'/);
    assert.equal(headers["referrer-policy"], "same-origin");
    assert.equal(headers["cache-control"], "no-store");
    assert.deepEqual(new Set(requested), new Set([new URL(link).origin]));
  },
};

Deno.test("attacks on the person's page in a real browser", async (t) => {
  await using world = await startWorld();
  await using browser = await startBrowser();

  for (const [name, run] of Object.entries(ATTACKS)) {
    await t.step(name, () => run({ world, browser, jumio: world.jumio }));
  }
});
