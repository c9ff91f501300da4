// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { type SandboxProcess, startSandbox } from "../support/sandbox_process.ts";
import {
  assertAccessible,
  assertFits,
  SIZES,
  startBrowser,
  takeScreenshot,
  waitUntilSeen,
} from "./browser.ts";

for (const [size, viewport] of Object.entries(SIZES)) {
  Deno.test(`the sandbox's page shows people from registration to sign-in, on a ${size}`, async () => {
    await using sandbox = await startSandbox();
    await using browser = await startBrowser();
    const page = await browser.open({ viewport });
    await page.goto(sandbox.pageUrl);
    await assertGoodInBothSchemes(page, `sandbox-${size}-empty`);

    await page.selectOption("#switch-jumio", "down");
    await register(page, "ada@example.com");
    await card(page, "ada@example.com").getByText("Jumio has no verification for this person")
      .waitFor();
    await page.locator(".call .code.failed").first().waitFor();
    await assertGoodInBothSchemes(page, `sandbox-${size}-fault`);
    await page.selectOption("#switch-jumio", "up");
    await press(page, "ada@example.com", "passed");
    await waitForStatus(page, "ada@example.com", { status: "verified" });
    await press(page, "ada@example.com", "Sign in");
    await card(page, "ada@example.com").getByText("Signed in").waitFor();

    await register(page, "eve@example.com");
    await press(page, "eve@example.com", "rejected");
    await waitForStatus(page, "eve@example.com", { status: "rejected" });
    assert.match(await readChanges(page, "eve@example.com"), /"status": "rejected"/);
    await press(page, "eve@example.com", "Sign in");
    await card(page, "eve@example.com").getByText("Refused: Your identity could not be verified")
      .waitFor();
    await page.mouse.move(0, 0);
    if (size === "desktop") await waitUntilSeen(page.locator(".call").last());
    await assertGoodInBothSchemes(page, `sandbox-${size}`);
  });
}

Deno.test("the sandbox's page works by keyboard and masks the secrets of a call", async () => {
  await using sandbox = await startSandbox();
  await using browser = await startBrowser();
  const page = await browser.open();
  await page.goto(sandbox.pageUrl);

  await page.focus("#email");
  await page.keyboard.press("Enter");
  const passed = card(page, "ada@example.com").getByRole("button", { name: "passed" });
  await passed.focus();
  await page.keyboard.press("Space");
  await waitForStatus(page, "ada@example.com", { status: "verified" });
  const focused = await page.evaluate("document.activeElement.closest('.person')?.id");
  const hook = page.locator(".call summary", { hasText: "A person has registered" });
  await hook.focus();
  await page.keyboard.press("Enter");

  assert.match(String(focused), /^person-/, "the focus is lost when the card is updated");
  const sent = page.getByRole("region", { name: "Request from Ory" });
  assert.match(await sent.textContent() ?? "", /x-webhook-secret: •••/);
  await assertAccessible(page);
});

Deno.test("the sandbox's page works without a script", async () => {
  await using sandbox = await startSandbox();
  await using browser = await startBrowser();
  const page = await browser.open({ viewport: SIZES.phone, javaScriptEnabled: false });
  await page.goto(sandbox.pageUrl);

  await page.selectOption("#switch-callbacks", "repeat");
  await page.getByRole("button", { name: "Apply" }).click();
  await register(page, "eve@example.com");
  const eve = card(page, "eve@example.com");
  await reloadUntilSeen(page, eve.locator(".status.pending"));
  await press(page, "eve@example.com", "rejected");
  await page.goto(sandbox.pageUrl);
  await reloadUntilSeen(page, eve.locator(".status.rejected"));
  await press(page, "eve@example.com", "Sign in");

  await card(page, "eve@example.com").getByText("Refused: Your identity could not be verified")
    .waitFor();
  assert.equal(await page.locator(".call", { hasText: "A verification has ended" }).count(), 3);
});

Deno.test("without a script the person acted on is open and seen, and the newest call comes first", async () => {
  await using sandbox = await startSandbox();
  await using browser = await startBrowser();
  const page = await browser.open({ viewport: SIZES.phone, javaScriptEnabled: false });
  await page.goto(sandbox.pageUrl);
  for (const name of ["ada", "eve", "grace"]) await register(page, `${name}@example.com`);

  await card(page, "ada@example.com").locator("summary").click();
  await press(page, "ada@example.com", "Sign in");

  await card(page, "ada@example.com").getByText("Signed in").waitFor();
  await waitUntilSeen(card(page, "ada@example.com").getByText("Signed in"));
  assert.equal(await page.locator(".person[open]").count(), 1);
  const calls = await page.locator(".call .words").allTextContents();
  const [asks, signsIn] = ["May this person sign in?", "Signs in"].map((words) =>
    calls.findIndex((call) => call.endsWith(words))
  );
  assert(asks !== undefined && signsIn !== undefined && asks < signsIn, calls.join());
  assert(signsIn < calls.findIndex((call) => call.endsWith("Registers")), calls.join());
});

Deno.test("the sandbox's page leads to the person's page and the simulated Jumio", async () => {
  await using sandbox = await startSandbox();
  await using browser = await startBrowser();
  const page = await browser.open({ viewport: SIZES.phone });
  await page.goto(sandbox.pageUrl);

  await register(page, "ada@example.com");
  const opened = page.waitForEvent("popup");
  await card(page, "ada@example.com").getByRole("link", { name: "The person’s page" }).click();
  const own = await opened;
  await own.locator("main :is(a, button)").first().click();
  await own.locator("button[name=outcome][value=warning]").waitFor();
  await assertFits(own);
  await assertAccessible(own);
  await takeScreenshot(own, "simulated-jumio-phone");
  await own.click("button[name=outcome][value=warning]");

  await waitForStatus(page, "ada@example.com", { status: "review" });
  await page.locator(".call .words", { hasText: "Completes Jumio’s page" }).waitFor();
});

Deno.test("the sandbox's page shows that a killed service loses nothing", async () => {
  await using sandbox = await startSandbox();
  await using browser = await startBrowser();
  const page = await browser.open();
  await page.goto(sandbox.pageUrl);

  await register(page, "ada@example.com");
  await waitForStatus(page, "ada@example.com", { status: "pending" });
  await page.selectOption("#switch-callbacks", "drop");
  await page.getByText(/callbacks are dropped/).waitFor();
  await press(page, "ada@example.com", "passed");
  await page.getByRole("button", { name: "Kill the bridge" }).click();
  await page.getByText(/The bridge was killed, and is back after/).waitFor();

  // A job that was in progress is claimed again when its lease of 30 s has expired, and may need one
  // retry, after 1 s. A check that was not begun comes 10 s after the button. The rest is for this machine.
  await waitForStatus(page, "ada@example.com", { status: "verified", timeout: 35_000 });
});

Deno.test("the sandbox's page reloads after the sandbox was restarted", async () => {
  await using browser = await startBrowser();
  const page = await browser.open();
  let port: number;
  {
    await using first = await startSandbox();
    port = Number(new URL(first.pageUrl).port);
    await page.goto(first.pageUrl);
    await register(page, "ada@example.com");
  }
  await page.getByText("The sandbox has stopped").waitFor();

  await using _second: SandboxProcess = await startSandbox(port);

  await card(page, "ada@example.com").waitFor({ state: "detached" });
});

async function assertGoodInBothSchemes(page: Page, name: string): Promise<void> {
  // Its buttons are pale while a form is sent.
  await page.locator("[aria-busy]").first().waitFor({ state: "detached" });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await assertFits(page);
    await assertAccessible(page);
    await takeScreenshot(page, `${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

function card(page: Page, email: string): Locator {
  return page.locator("details.person", { has: page.getByRole("heading", { name: email }) });
}

async function register(page: Page, email: string): Promise<void> {
  await page.fill("#email", email);
  await page.getByRole("button", { name: "Register" }).click();
  await card(page, email).waitFor();
}

async function press(page: Page, email: string, name: string): Promise<void> {
  await card(page, email).getByRole("button", { name }).click();
}

async function waitForStatus(
  page: Page,
  email: string,
  { status, timeout = 60_000 }: { status: string; timeout?: number },
): Promise<void> {
  await card(page, email).locator(`.status.${status}`).waitFor({ timeout });
}

/** Without a script, the page shows what was so when it was loaded. */
async function reloadUntilSeen(page: Page, element: Locator): Promise<void> {
  await waitUntil("the page shows it", async () => {
    if (await element.count() > 0) return true;
    await page.reload();
    return false;
  });
}

/** The lines that are marked as changed on an identity. */
async function readChanges(page: Page, email: string): Promise<string> {
  return (await card(page, email).locator("mark").allTextContents()).join("\n");
}
