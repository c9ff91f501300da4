// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ar } from "../../locales/ar.ts";
import { metadataOf, registerPerson } from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { assertAccessible, startBrowser, takeScreenshot } from "./browser.ts";
import { choose, press, type Scene, startWorld, titleOf, waitForTitle } from "./person_page.ts";

const ENDS = [
  ["passed", "You are verified", "verified"],
  ["warning", "We are taking a closer look", "review"],
  ["rejected", "We could not verify your identity", "rejected"],
] as const;

const SCENARIOS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async "an expired verification starts again on the same account"({ world, browser, jumio }) {
    const { identityId, link } = await registerPerson(world);
    const page = await browser.open();
    await page.goto(link);
    await press(page);
    jumio.faults.callbacks = "hold";
    await choose(page, "abandoned");
    await waitForTitle(page, "Your verification was interrupted");
    assert.match(await page.textContent("#state") ?? "", /The time ran out/);
    await takeScreenshot(page, "verify-interrupted");
    jumio.faults.callbacks = "deliver";
    await jumio.releaseCallbacks();

    await page.goto(link);
    await waitForTitle(page, "Please start your verification again");
    await press(page, "Start again");
    await choose(page, "passed");
    await waitForTitle(page, "You are verified");

    const executions = jumio.executions.filter(({ userReference }) => userReference === identityId);
    assert.equal(executions.length, 2);
    assert.equal(executions[0]?.accountId, executions[1]?.accountId);
  },

  async "a double click starts one execution and leads to Jumio"({ world, browser, jumio }) {
    const { identityId, link } = await registerPerson(world);
    const page = await browser.open();
    await page.goto(link);
    await press(page);
    await choose(page, "abandoned");
    await waitUntil("it is expired", () => metadataOf(world, identityId)["status"] === "expired");
    await page.goto(link);

    await page.getByRole("button", { name: "Start again" }).dblclick();
    await page.waitForSelector("button[name=outcome]");

    const executions = jumio.executions.filter(({ userReference }) => userReference === identityId);
    assert.equal(executions.length, 2);
  },

  async "the back button shows the current page, not a cached one"({ world, browser }) {
    const { link } = await registerPerson(world);
    const page = await browser.open();
    await page.goto(link);
    await press(page);
    await page.waitForSelector("button[name=outcome]");

    await page.goBack();
    await waitForTitle(page, "Your verification is under way");
    await press(page, "Continue");
    await choose(page, "passed");
    await waitForTitle(page, "You are verified");
    await page.goBack();
    await page.goBack();

    await waitForTitle(page, "You are verified");
  },

  async "the page works without JavaScript"({ world, browser }) {
    const { link } = await registerPerson(world);
    const page = await browser.open({ javaScriptEnabled: false });

    await page.goto(link);
    await page.click("text=Start now");
    await page.click("button[name=outcome][value=passed]");
    await page.waitForSelector("text=You are verified");
  },

  async "a language from the footer stays until the person is back, without JavaScript"(
    { world, browser, jumio },
  ) {
    const { identityId, link } = await registerPerson(world);
    const page = await browser.open({ javaScriptEnabled: false });
    await page.goto(link);
    await page.click("text=Start now");
    await page.click("button[name=outcome][value=abandoned]");
    await waitUntil("it is expired", () => metadataOf(world, identityId)["status"] === "expired");

    await page.goto(link);
    await page.click("text=العربية");
    await page.click("form button");
    await page.click("button[name=outcome][value=passed]");
    await page.waitForSelector(`text=${ar.verified.title}`);

    const executions = jumio.executions.filter(({ userReference }) => userReference === identityId);
    assert.deepEqual(executions.map(({ locale }) => locale), [undefined, "ar"]);
    assert.equal(await page.getAttribute("html", "dir"), "rtl");
    await page.click("text=English");
    await page.waitForSelector("text=You are verified");
  },

  async "the page updates itself and announces it to screen readers"({ world, browser, jumio }) {
    const { identityId, link } = await registerPerson(world);
    const page = await browser.open();
    await page.goto(link);
    await press(page);
    await page.goto(link);
    assert.equal(await titleOf(page), "Your verification is under way");
    await page.evaluate("document.getElementById('state').dataset.mark = 'same'");

    const execution = jumio.executions.find(({ userReference }) => userReference === identityId);
    await jumio.finish(execution?.id ?? "", "passed");
    await waitForTitle(page, "You are verified");

    assert.match(await page.title(), /^You are verified/);
    assert.equal(await page.getByRole("button").count(), 0);
    assert.equal(await page.getAttribute("[role=status]", "data-mark"), "same");
  },

  async "the return page in another browser shows nothing about the person"({ world, browser }) {
    const { link } = await registerPerson(world);
    const laptop = await browser.open();
    const phone = await browser.open({ locale: "de" });
    await laptop.goto(link);

    await phone.goto(link);
    await press(phone, "Jetzt beginnen");
    const hostedPage = phone.url();
    await laptop.goto(hostedPage);
    await choose(laptop, "passed");
    await waitForTitle(laptop, "You can close this window");

    await phone.goto(link);
    await waitForTitle(phone, "Ihre Identität ist bestätigt");
    await takeScreenshot(phone, "verify-verified-de");
  },
};

Deno.test("the person's page in a real browser", async (t) => {
  await using world = await startWorld();
  await using browser = await startBrowser();

  for (const end of ENDS) {
    await t.step(
      `from the link to Jumio and back: ${end[0]}`,
      () => reachEnd(end, { world, browser }),
    );
  }
  for (const [name, run] of Object.entries(SCENARIOS)) {
    await t.step(name, () => run({ world, browser, jumio: world.jumio }));
  }
});

/** Goes from the link to Jumio, ends there, and returns. */
async function reachEnd(
  [outcome, title, status]: typeof ENDS[number],
  { world, browser }: Pick<Scene, "world" | "browser">,
): Promise<void> {
  const { identityId, link } = await registerPerson(world);
  const page = await browser.open();

  await page.goto(link);
  await press(page);
  await choose(page, outcome);
  await waitForTitle(page, title);

  assert.equal(new URL(page.url()).pathname, "/jumio/verify/return");
  await assertAccessible(page);
  await page.goto(link);
  assert.equal(await titleOf(page), title);
  assert.equal(await page.getByRole("button").count(), 0);
  // The page shows our record, from which a job writes the identity.
  await waitUntil(
    `the identity says ${status}`,
    () => metadataOf(world, identityId)["status"] === status,
  );
}
