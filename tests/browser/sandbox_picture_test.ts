// SPDX-License-Identifier: Apache-2.0
import type { Locator, Page } from "playwright-core";
import { waitUntilSeen } from "./browser.ts";
import { visitSandbox } from "./sandbox_visit.ts";

/** The picture in the README. `--update-screenshot` takes it again. */
const PICTURE = new URL("../../docs/sandbox.png", import.meta.url);

Deno.test("the README's picture shows a verified person, a rejected one and the newest calls", async () => {
  await using visit = await visitSandbox();
  const { page } = visit;
  await page.setViewportSize({ width: 1280, height: 960 });

  await register(page, "eve@example.com", { button: "rejected", status: "rejected" });
  await register(page, "ada@example.com", { button: "passed", status: "verified" });
  await card(page, "ada@example.com").getByRole("button", { name: "Sign in" }).click();
  await page.mouse.move(0, 0);

  const signedIn = card(page, "ada@example.com").getByText("Signed in");
  await signedIn.waitFor();
  await page.getByText("waiting").waitFor({ state: "detached" });
  const shown = [
    card(page, "ada@example.com"),
    card(page, "eve@example.com").locator(".status.rejected"),
    signedIn,
    page.locator(".call", { hasText: "Update the identity" }).last(),
    page.locator(".call").last(),
  ];
  for (const element of shown) await waitUntilSeen(element);
  if (Deno.args.includes("--update-screenshot")) {
    // With its animations: to end them would fade the notice.
    await page.screenshot({ path: PICTURE.pathname, animations: "allow" });
  }
});

async function register(
  page: Page,
  email: string,
  { button, status }: { button: string; status: string },
): Promise<void> {
  await page.fill("#email", email);
  await page.getByRole("button", { name: "Register" }).click();
  await card(page, email).getByRole("button", { name: button }).click();
  await card(page, email).locator(`.status.${status}`).waitFor();
}

function card(page: Page, email: string): Locator {
  return page.locator("details.person", { has: page.getByRole("heading", { name: email }) });
}
