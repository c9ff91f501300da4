// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Page, Request } from "playwright-core";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { listen, visitSandbox, waitUntilBroken } from "./sandbox_visit.ts";

/** Holds back the page's first request of a switch until it is released. */
async function holdFirstChoice(page: Page) {
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  const sent: Request[] = [];
  await page.route("**/switch", async (route) => {
    if (sent.push(route.request()) === 1) await isReleased;
    await route.continue();
  });
  return { sent, release };
}

Deno.test("the sandbox's page keeps a choice while it is sent, and sends no other switch with it", async () => {
  await using visit = await visitSandbox();
  const { page, readSwitches, submitElsewhere } = visit;
  const { release } = await holdFirstChoice(page);

  await page.selectOption("#switch-callbacks", "drop");
  await submitElsewhere("/switch", { ory: "down" });
  await waitUntilBroken(page, "ory");
  const shown = await page.inputValue("#switch-callbacks");
  await page.selectOption("#switch-jumio", "slow");
  await waitUntilBroken(page, "jumio");
  release();
  await waitUntilBroken(page, "callbacks");

  assert.equal(shown, "drop");
  const { callbacks, ory, jumio } = await readSwitches();
  assert.deepEqual({ callbacks, ory, jumio }, { callbacks: "drop", ory: "down", jumio: "slow" });
});

Deno.test("the sandbox's page applies the last of several quick choices", async () => {
  await using visit = await visitSandbox();
  const { page, readSwitches } = visit;
  const { sent, release } = await holdFirstChoice(page);

  await page.selectOption("#switch-callbacks", "repeat");
  await page.selectOption("#switch-callbacks", "forged");
  await page.selectOption("#switch-callbacks", "drop");
  await page.selectOption("#switch-jumio", "slow");
  await waitUntilBroken(page, "jumio");
  release();
  await waitUntilBroken(page, "callbacks");
  await sent[0]?.response();

  await waitUntil(
    "the choice is applied",
    async () => (await readSwitches())["callbacks"] === "drop",
  );
  assert.equal(await page.inputValue("#switch-callbacks"), "drop");
});

Deno.test("the sandbox's page keeps an open list during updates", async () => {
  await using visit = await visitSandbox();
  const { page, readSwitches, submitElsewhere } = visit;
  const list = await page.$("#switch-callbacks") ?? assert.fail();

  await submitElsewhere("/switch", { ory: "down", callbacks: "repeat" });
  await waitUntilBroken(page, "ory");
  const shown = await list.inputValue();
  await list.selectOption("drop");

  assert.equal(shown, "repeat");
  await waitUntil(
    "the choice is applied",
    async () => (await readSwitches())["callbacks"] === "drop",
  );
});

for (const by of ["mouse", "keyboard"] as const) {
  Deno.test(`the sandbox's page loses no click by ${by} when an update replaces the button`, async () => {
    await using visit = await visitSandbox();
    const { page, submitElsewhere } = visit;
    const ada = { email: "ada@example.com" };
    await submitElsewhere("/register", ada);
    await page.locator(".status.pending").waitFor();
    const button = page.getByRole("button", { name: "rejected" });
    const waitForFragment = await listen(page);

    await (by === "mouse" ? button.hover() : button.focus());
    await (by === "mouse" ? page.mouse.down() : page.keyboard.down("Space"));
    await submitElsewhere("/sign-in", ada);
    await submitElsewhere("/switch", { ory: "down" });
    await waitForFragment('<option value="down" selected');
    await (by === "mouse" ? page.mouse.up() : page.keyboard.up("Space"));

    await page.getByText("Jumio says: PROCESSED, REJECTED.").waitFor();
  });
}
