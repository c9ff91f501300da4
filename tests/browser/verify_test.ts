import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import {
  type Fleet,
  metadataOf,
  registerPerson,
  startFleet,
} from "../../sandbox/processes/fleet.ts";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { assertAccessible, startBrowser, takeScreenshot } from "./browser.ts";

/** The service as a process between simulators, with its KV in a file as in production. */
async function startWorld(): Promise<Fleet> {
  const folder = await Deno.makeTempDir({ prefix: "bridge-" });
  const fleet = await startFleet({
    instances: 1,
    kvPath: `${folder}/kv.sqlite3`,
    runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
    env: { "JUMIO_STARTS_PER_SECOND": "100", "BRAND_NAME": "Example Bank" },
  });
  return {
    ...fleet,
    async [Symbol.asyncDispose]() {
      await fleet[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

const titleOf = (page: Page) => page.textContent("h1");

async function waitForTitle(page: Page, title: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

async function press(page: Page, name = "Start now"): Promise<void> {
  await page.getByRole("button", { name }).click();
}

/** Chooses how it ends, on the page that stands for Jumio's. */
async function choose(page: Page, outcome: string): Promise<void> {
  await page.click(`button[name=outcome][value=${outcome}]`);
}

Deno.test("a person's way in a real browser", async (t) => {
  await using world = await startWorld();
  await using browser = await startBrowser();
  const { jumio } = world;

  for (
    const [outcome, title, status] of [
      ["passed", "You are verified", "verified"],
      ["warning", "We are taking a closer look", "review"],
      ["rejected", "We could not verify your identity", "rejected"],
    ] as const
  ) {
    await t.step(`from the link to Jumio and back: ${outcome}`, async () => {
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
      assert.equal(metadataOf(world, identityId)["status"], status);
    });
  }

  await t.step("time that ran out, then again on the same account, to the end", async () => {
    const { identityId, link } = await registerPerson(world);
    const page = await browser.open();
    await page.goto(link);
    await press(page);
    jumio.faults.callbacks = "hold";
    await choose(page, "abandoned");
    await waitForTitle(page, "Your verification was interrupted");
    assert.match(await page.textContent("#standing") ?? "", /The time ran out/);
    await takeScreenshot(page, "verify-way-interrupted");
    jumio.faults.callbacks = "deliver";
    await jumio.releaseCallbacks();

    await page.goto(link);
    await waitForTitle(page, "The time ran out");
    await press(page, "Start again");
    await choose(page, "passed");
    await waitForTitle(page, "You are verified");

    const executions = jumio.executions.filter(({ userReference }) => userReference === identityId);
    assert.equal(executions.length, 2);
    assert.equal(executions[0]?.accountId, executions[1]?.accountId);
  });

  await t.step("a double press starts one, and leads on", async () => {
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
  });

  await t.step("the back button leads to the page as it is now, not as it was", async () => {
    const { link } = await registerPerson(world);
    const page = await browser.open();
    await page.goto(link);
    await press(page);
    await page.waitForSelector("button[name=outcome]");

    await page.goBack();
    await waitForTitle(page, "Your verification is under way");
    await press(page, "Go on");
    await choose(page, "passed");
    await waitForTitle(page, "You are verified");
    await page.goBack();
    await page.goBack();

    await waitForTitle(page, "You are verified");
  });

  await t.step("without JavaScript", async () => {
    const { link } = await registerPerson(world);
    const page = await browser.open({ javaScriptEnabled: false });

    await page.goto(link);
    await page.click("text=Start now");
    await page.click("button[name=outcome][value=passed]");
    await page.waitForSelector("text=You are verified");
  });

  await t.step("the page renews itself, and says so to a screen reader", async () => {
    const { identityId, link } = await registerPerson(world);
    const page = await browser.open();
    await page.goto(link);
    await press(page);
    await page.goto(link);
    assert.equal(await titleOf(page), "Your verification is under way");
    await page.evaluate("document.getElementById('standing').dataset.mark = 'same'");

    const execution = jumio.executions.find(({ userReference }) => userReference === identityId);
    await jumio.finish(execution?.id ?? "", "passed");
    await waitForTitle(page, "You are verified");

    assert.match(await page.title(), /^You are verified/);
    assert.equal(await page.getByRole("button").count(), 0);
    assert.equal(await page.getAttribute("[role=status]", "data-mark"), "same");
  });

  await t.step("the link in another browser, where the way back knows nobody", async () => {
    const { link } = await registerPerson(world);
    const laptop = await browser.open();
    const phone = await browser.open({ locale: "de" });
    await laptop.goto(link);

    await phone.goto(link);
    await press(phone, "Jetzt starten");
    const way = phone.url();
    await laptop.goto(way);
    await choose(laptop, "passed");
    await waitForTitle(laptop, "You can close this window");

    await phone.goto(link);
    await waitForTitle(phone, "Ihre Identität ist bestätigt");
    await takeScreenshot(phone, "verify-way-verified-de");
  });

  await t.step("another person's ids and cookie show and start nothing", async () => {
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
  });

  await t.step("a form on another site starts nothing", async () => {
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
  });

  await t.step("no page of ours can be framed, and none asks for anything elsewhere", async () => {
    const { link } = await registerPerson(world);
    const page = await browser.open();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).origin));

    const response = await page.goto(link);

    const headers = response?.headers() ?? {};
    assert.match(headers["content-security-policy"] ?? "", /frame-ancestors 'none'/);
    assert.equal(headers["referrer-policy"], "same-origin");
    assert.equal(headers["cache-control"], "no-store");
    assert.deepEqual(new Set(asked), new Set([new URL(link).origin]));
  });
});
