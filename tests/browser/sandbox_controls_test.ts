// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { evaluateOn } from "./browser.ts";
import { visitSandbox, waitUntilBroken } from "./sandbox_visit.ts";

const ADA = { email: "ada@example.com" };
const EVE = { email: "eve@example.com" };

function card(page: Page, { email }: { email: string }): Locator {
  return page.locator("details.person", { has: page.getByRole("heading", { name: email }) });
}

async function registerHere(page: Page, { email }: { email: string }): Promise<void> {
  await page.fill("#email", email);
  await page.getByRole("button", { name: "Register" }).click();
  await card(page, { email }).locator(".status.pending").waitFor();
}

for (const on of ["a button", "the heading of a card", "a link"] as const) {
  Deno.test(`a press without a release on ${on} holds no update back`, async () => {
    await using visit = await visitSandbox();
    const { page, submitElsewhere } = visit;
    await page.clock.install();
    await page.reload();
    await registerHere(page, ADA);
    const targets = {
      "a button": page.getByRole("button", { name: "Sign in" }),
      "the heading of a card": card(page, ADA).locator("summary"),
      "a link": page.getByRole("link", { name: "The person’s page" }),
    };

    await targets[on].hover();
    await page.mouse.down();
    await submitElsewhere("/finish", { ...ADA, outcome: "rejected" });
    await submitElsewhere("/switch", { callbacks: "drop" });

    await waitUntilBroken(page, "callbacks");
    await page.clock.fastForward(2_000);
    await card(page, ADA).locator(".status.rejected").waitFor();
  });
}

Deno.test("a choice made before the script runs is kept, and sent", async () => {
  await using visit = await visitSandbox();
  const { page, readSwitches, submitElsewhere } = visit;
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  await page.route("**/page.js", async (route) => {
    await isReleased;
    await route.continue();
  });
  await submitElsewhere("/switch", { ory: "down" });

  await page.reload({ waitUntil: "commit" });
  await page.selectOption("#switch-callbacks", "drop");
  await page.fill("#email", "zoe@example.com");
  release();

  await waitUntilBroken(page, "callbacks");
  assert.equal(await page.inputValue("#switch-callbacks"), "drop");
  assert.equal(await page.inputValue("#email"), "zoe@example.com");
  const { callbacks, ory } = await readSwitches();
  assert.deepEqual({ callbacks, ory }, { callbacks: "drop", ory: "down" });
});

Deno.test("the e-mail field keeps what one types while another window registers somebody", async () => {
  await using visit = await visitSandbox();
  const { page, submitElsewhere } = visit;
  const field = page.locator("#email");
  await field.fill("");

  await field.pressSequentially("zoe@");
  await submitElsewhere("/register", ADA);
  await card(page, ADA).waitFor();
  await field.pressSequentially("example.com");
  const typed = await field.inputValue();
  await page.keyboard.press("Enter");

  assert.equal(typed, "zoe@example.com");
  await card(page, { email: "zoe@example.com" }).waitFor();
  // The next suggestion replaces what was sent, and nothing else.
  await waitUntil("the next name", async () => await field.inputValue() === EVE.email);
  await field.blur();
  await submitElsewhere("/register", EVE);
  await waitUntil("another name", async () => await field.inputValue() === "grace@example.com");
});

Deno.test("a registration in another window leaves the card open that one reads", async () => {
  await using visit = await visitSandbox();
  const { page, submitElsewhere } = visit;
  await registerHere(page, ADA);

  await submitElsewhere("/register", EVE);
  await card(page, EVE).locator(".status.pending").waitFor();
  const elsewhere = [await isOpen(page, ADA), await isOpen(page, EVE)];
  await registerHere(page, { email: "grace@example.com" });
  const here = [await isOpen(page, ADA), await isOpen(page, { email: "grace@example.com" })];

  assert.deepEqual(elsewhere, [true, false]);
  assert.deepEqual(here, [false, true]);
});

Deno.test("a card that changes keeps the selection and the scroll position of its JSON", async () => {
  await using visit = await visitSandbox();
  const { page, submitElsewhere } = visit;
  await registerHere(page, ADA);
  const json = card(page, ADA).locator("pre");
  await evaluateOn(json, "[getSelection().selectAllChildren(element), element.scrollLeft = 120]");
  const read = () =>
    page.evaluate("[String(getSelection()).length, document.querySelector('pre').scrollLeft]");
  const before = await read();

  await submitElsewhere("/sign-in", ADA);
  await card(page, ADA).getByText("Signed in").waitFor();

  const [selected, scrolled] = before as number[];
  assert(selected !== undefined && selected > 100 && scrolled === 120, String(before));
  assert.deepEqual(await read(), before);
});

Deno.test("a reload keeps what is open", async () => {
  await using visit = await visitSandbox();
  const { page } = visit;
  await registerHere(page, ADA);
  await registerHere(page, EVE);
  await card(page, EVE).locator("summary").click();
  await card(page, ADA).locator("summary").click();

  await page.reload();

  await waitUntil("the same card is open", async () => {
    assert.deepEqual([await isOpen(page, ADA), await isOpen(page, EVE)], [true, false]);
    return true;
  });
});

async function isOpen(page: Page, person: { email: string }): Promise<boolean> {
  return await card(page, person).getAttribute("open") !== null;
}
