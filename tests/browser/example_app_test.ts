// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { startSandbox } from "../support/sandbox_process.ts";
import { answerSession, createEvent, createExampleApp } from "../support/example_app.ts";
import { assertAccessible, assertFits, startBrowser, takeScreenshot } from "./browser.ts";

const PASSWORD = "Correct-horse-9-battery";

const SIZES = {
  "a small phone": { width: 320, height: 640 },
  "a laptop": { width: 1280, height: 720 },
};

for (const [size, viewport] of Object.entries(SIZES)) {
  Deno.test(`the example opens its page as soon as a person is verified, on ${size}`, async () => {
    await using sandbox = await startSandbox();
    await using browser = await startBrowser();
    const page = await browser.open({ viewport });

    await page.goto(sandbox.appUrl);
    await look(page, `app-${viewport.width}-welcome`);
    await signUp(page, "ada@example.com");
    await page.getByRole("link", { name: "members’ area" }).click();
    await waitForTitle(page, "The members’ area is closed");
    await look(page, `app-${viewport.width}-closed`);
    const opened = page.waitForEvent("popup");
    await page.getByRole("link", { name: "Verify my identity" }).click();
    await page.evaluate("window.isSamePage = true");
    await verify(await opened, "passed");

    await waitForTitle(page, "The members’ area");
    assert.equal(await page.evaluate("window.isSamePage"), true, "the page was loaded again");
    await look(page, `app-${viewport.width}-open`);
    await page.goto(sandbox.pageUrl);
    const events = page.locator(".call", { hasText: "Bridge to Your app: The status has changed" });
    await events.nth(1).waitFor();
    assert.equal(await events.count(), 2, "an event is missing, or is shown twice");
    await page.locator(".call", { hasText: "Your app to Ory: Who is signed in?" }).last().waitFor();
    const link = page.getByRole("link", { name: "Your app" });
    assert.equal(await link.getAttribute("href"), sandbox.appUrl);
  });
}

Deno.test("the example closes an open page when its person is rejected", async () => {
  let status = "verified";
  const app = createExampleApp({ answer: () => answerSession({ jumio: { status } }) });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  await using browser = await startBrowser();
  const page = await browser.open();
  await page.goto(`http://127.0.0.1:${server.addr.port}/members`);
  await page.getByText("Only verified people can read this").waitFor();
  await page.evaluate("window.isSamePage = true");

  status = "rejected";
  await app.post("/events", createEvent({ "identity_id": "ada", status, sequence: 3 }));

  await waitForTitle(page, "The members’ area is closed");
  assert.equal(await page.getByText("Only verified people can read this").count(), 0);
  assert.equal(await page.evaluate("window.isSamePage"), true, "the page was loaded again");
  // Its stream would keep the server open.
  await page.close();
});

Deno.test("the example stays closed to a rejected person, who can sign out but not in again", async () => {
  await using sandbox = await startSandbox();
  await using browser = await startBrowser();
  const page = await browser.open();
  await page.goto(sandbox.appUrl);
  await signUp(page, "eve@example.com");

  await page.getByRole("link", { name: "members’ area" }).click();
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Verify my identity" }).click();
  await verify(await opened, "rejected");
  await page.getByRole("heading", { name: "We could not verify your identity" }).waitFor();
  await waitForTitle(page, "The members’ area is closed");
  await look(page, "app-rejected");
  await page.getByRole("button", { name: "Sign out" }).click();
  await waitForTitle(page, "Welcome");
  await signIn(page, "eve@example.com");

  await page.getByText("Your identity could not be verified").waitFor();
  await look(page, "app-refused");
});

/** Fails if the page does not fit its window, or is hard to use for some people. */
async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await assertFits(page);
    await assertAccessible(page);
    await takeScreenshot(page, `${name}-${colorScheme}`);
  }
}

async function waitForTitle(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

async function signUp(page: Page, email: string): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: "Sign up" }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("link", { name: "Verify my identity" }).waitFor();
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: "sign in" }).click();
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Goes from the person's page to the simulated Jumio, and ends there. */
async function verify(page: Page, outcome: string): Promise<void> {
  await page.locator("main :is(a, button)").first().click();
  await page.click(`button[name=outcome][value=${outcome}]`);
}
