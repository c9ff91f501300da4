// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { type SandboxProcess, startSandbox } from "../support/sandbox_process.ts";
import { startBrowser, waitUntilSeen } from "./browser.ts";

/** Windows of laptops, without the browser's own bars. */
const LAPTOPS = [
  { width: 1366, height: 650 },
  { width: 1280, height: 720 },
  { width: 1440, height: 789 },
];

/** Registers people in another window. */
async function registerElsewhere(
  { pageUrl }: SandboxProcess,
  { count, name = "person" }: { count: number; name?: string },
): Promise<void> {
  for (let number = 0; number < count; number++) {
    const body = new URLSearchParams({ email: `${name}${number}@example.com` });
    const headers = { origin: pageUrl };
    await (await fetch(`${pageUrl}/register`, { method: "POST", headers, body })).body?.cancel();
  }
}

/** The call whose words are these, the newest of them. */
function findCall(page: Page, words: string) {
  return page.locator(".call", { hasText: words }).last();
}

async function registerHere(page: Page, email: string): Promise<void> {
  await page.fill("#email", email);
  await page.getByRole("button", { name: "Register" }).click();
}

for (const { width, height } of LAPTOPS) {
  Deno.test(`the newest call is seen without scrolling at ${width} by ${height}, with 1 person and with 30`, async () => {
    await using sandbox = await startSandbox();
    await using browser = await startBrowser();
    const page = await browser.open({ viewport: { width, height } });
    await page.goto(sandbox.pageUrl);

    await registerHere(page, "ada@example.com");
    await findCall(page, "The status has changed").waitFor();
    await waitUntilSeen(page.locator(".call").last());
    await registerElsewhere(sandbox, { count: 29 });
    await registerHere(page, "eve@example.com");
    const eve = page.locator(".person", { hasText: "eve@example.com" });
    await eve.waitFor();
    await waitUntilSeen(eve.locator("summary"));
    // The starts of the others take half a minute, so more calls come all the time.
    for (let look = 0; look < 3; look++) await waitUntilSeen(page.locator(".call").last());
    await page.reload();

    await waitUntilSeen(page.locator(".call").last());
    assert.equal(await page.locator(".person").count(), 31);
  });

  Deno.test(`a call that is opened is seen at ${width} by ${height}, wherever it is`, async () => {
    await using sandbox = await startSandbox();
    await using browser = await startBrowser();
    const page = await browser.open({ viewport: { width, height } });
    await page.goto(sandbox.pageUrl);
    await registerElsewhere(sandbox, { count: 5 });
    await page.locator(".person .status.pending").nth(4).waitFor();

    for (const call of [page.locator(".call").last(), page.locator(".call").first()]) {
      await call.locator("summary").click();
      await waitUntilSeen(call.locator("summary"));
      await waitUntilSeen(call.getByRole("heading", { name: /^Request from/ }));
      await call.locator("summary").click();
    }
  });
}
