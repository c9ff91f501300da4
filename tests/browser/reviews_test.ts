// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import type { TestContext } from "../support/context.ts";
import { createOperatedContext, createPerson, readActions } from "../support/operator_api.ts";
import { createStarted, storeVerification } from "../support/verification_rows.ts";
import { assertAccessible, assertFits, SIZES, startBrowser, takeScreenshot } from "./browser.ts";
import { listen, open, signIn } from "./operator_page.ts";

const HOUR = 3_600_000;

/** Three people who wait for a decision, each an hour younger. */
async function createReviews(service: TestContext): Promise<readonly string[]> {
  const ids = [];
  for (const name of ["ada", "bob", "cyd"]) {
    const email = `${name}@example.com`;
    ids.push(await createPerson(service, { outcome: "warning", email }));
    await service.advance(HOUR);
  }
  return ids;
}

/** Presses Tab until the element with this accessible name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  const focused =
    "document.activeElement.labels?.[0]?.innerText ?? document.activeElement.innerText";
  for (let press = 0; press < 30; press++) {
    await page.keyboard.press("Tab");
    const text = String(await page.evaluate(focused)).trim();
    if (text.startsWith(name)) return;
  }
  assert.fail(`Tab does not lead to ${name}`);
}

Deno.test("an operator decides the reviews one after the other, without a script and by keyboard alone", async () => {
  await using service = await createOperatedContext();
  const [first = "", second = "", third = ""] = await createReviews(service);
  await using server = listen(service);
  await using browser = await startBrowser();
  const { page, problems } = await open(browser, { javaScriptEnabled: false });
  await signIn(page, server.url);

  await tabTo(page, "Open the review queue");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Open reviews, the oldest first" }).waitFor();
  assert.deepEqual(await page.locator("ol a").allTextContents(), [first, second, third]);
  await tabTo(page, first);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Decide this review" }).waitFor();
  await tabTo(page, "Verified");
  await page.keyboard.press("Space");
  await tabTo(page, "Reason");
  await page.keyboard.type("passport_seen");
  await page.keyboard.press("Enter");

  await page.getByRole("status").getByText("is verified").waitFor();
  await page.getByRole("heading", { name: second }).waitFor();
  await tabTo(page, "Skip to the next");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: third }).waitFor();
  await tabTo(page, "Verified");
  await page.keyboard.press("ArrowDown");
  await tabTo(page, "Reason");
  await page.keyboard.type("forged");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("is rejected").waitFor();
  assert.match(page.url(), /\/operator\/reviews\?/);
  await service.drain();

  assert.deepEqual(await page.locator("ol a").allTextContents(), [second]);
  const statuses = [first, second, third].map((id) => service.metadata(id)["status"]);
  assert.deepEqual(statuses, ["verified", "review", "rejected"]);
  const [action] = await readActions(service, third) as Record<string, string>[];
  assert.deepEqual([action?.["reason"], action?.["by"]], ["forged", "Grace Hopper"]);
  assert.deepEqual(problems, []);
});

Deno.test("the Enter key decides nothing before a decision was chosen", async () => {
  await using service = await createOperatedContext();
  const [first = ""] = await createReviews(service);
  await using server = listen(service);
  await using browser = await startBrowser();
  const { page } = await open(browser, { javaScriptEnabled: false });
  await signIn(page, server.url);
  await page.goto(`${server.url}?id=${first}`);

  await page.getByLabel("Reason, as a code").fill("passport_seen");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Decide this review" }).waitFor();
  await service.drain();

  assert.equal(page.url(), `${server.url}?id=${first}`);
  assert.equal(service.metadata(first)["status"], "review");
});

Deno.test("an operator filters the queue and turns its pages", async () => {
  await using service = await createOperatedContext();
  for (let number = 0; number < 25; number++) {
    const identityId = crypto.randomUUID();
    const changedAt = service.clock.now - (30 - number) * HOUR;
    await storeVerification(
      service.store,
      createStarted({ identityId, status: "review", changedAt }),
    );
  }
  await using server = listen(service);
  await using browser = await startBrowser();
  const { page, problems } = await open(browser, { javaScriptEnabled: false });
  await signIn(page, server.url);

  await page.getByRole("link", { name: "Reviews", exact: true }).click();
  const entries = page.locator("ol li");
  const waitForEntries = (count: number) =>
    waitUntil(`there are ${count}`, async () => await entries.count() === count);
  await waitForEntries(20);
  await page.getByRole("link", { name: "Next page" }).click();
  await waitForEntries(5);
  await page.getByRole("link", { name: "First page" }).click();
  await page.getByRole("combobox", { name: "Age" }).selectOption("1d");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("heading", { name: "Open reviews, for a day or more" }).waitFor();
  await waitForEntries(7);
  await page.getByRole("combobox", { name: "Status" }).selectOption("rejected");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByText("There are none.").waitFor();

  assert.deepEqual(problems, []);
});

for (const [sizeName, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    Deno.test(`the review queue fits and is accessible, ${sizeName}, ${colorScheme}`, async () => {
      await using service = await createOperatedContext();
      const [first = "", second = ""] = await createReviews(service);
      await using server = listen(service);
      await using browser = await startBrowser();
      const { page, problems } = await open(browser, { viewport, colorScheme });
      const look = async (name: string) => {
        await assertAccessible(page);
        await assertFits(page);
        await takeScreenshot(page, `reviews-${name}-${sizeName}-${colorScheme}`);
      };
      await signIn(page, server.url);

      await look("overview");
      await page.goto(`${server.url}reviews`);
      await look("queue");
      await page.goto(`${server.url}reviews?status=expired&age=7d`);
      await look("empty");
      await page.goto(
        `${server.url}?id=${second}&status=review&age=any&decided=verified&decided_id=${first}`,
      );
      await look("decide");
      await page.goto(
        `${server.url}?id=${second}&status=review&age=any&decided=changed&decided_id=${second}`,
      );
      await look("changed");
      await page.context().clearCookies();
      await page.goto(`${server.url}?ended`);
      await look("ended");
      assert.deepEqual(problems, []);
    });
  }
}
