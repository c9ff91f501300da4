import assert from "node:assert/strict";
import { startSandbox } from "../support/sandbox_process.ts";
import { assertFits, SIZES, startBrowser, takeScreenshot } from "./browser.ts";

Deno.test("the sandbox's page registers a person, on a phone and in the dark", async () => {
  await using sandbox = await startSandbox();
  await using browser = await startBrowser();
  const page = await browser.open({ viewport: SIZES.phone, colorScheme: "dark" });

  await page.goto(sandbox.pageUrl);
  await page.fill("input[name=email]", "ada@example.com");
  await page.getByRole("button", { name: "Register" }).click();

  assert.equal(await page.textContent("h2"), "ada@example.com");
  await assertFits(page);
  await takeScreenshot(page, "sandbox-phone-dark");
});
