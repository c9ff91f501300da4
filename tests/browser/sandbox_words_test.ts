// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { evaluateOn, takeScreenshot, waitUntilSeen } from "./browser.ts";
import { type SandboxVisit, visitSandbox } from "./sandbox_visit.ts";

const ADA = "ada@example.com";

/** In seconds. */
const DAY = 86_400;

function card(page: Page, email = ADA): Locator {
  return page.locator("details.person", { has: page.getByRole("heading", { name: email }) });
}

async function registerAda({ page }: SandboxVisit): Promise<Locator> {
  await page.fill("#email", ADA);
  await page.getByRole("button", { name: "Register" }).click();
  await card(page).locator(".status.pending").waitFor();
  return card(page);
}

async function press(within: Locator, name: string): Promise<void> {
  await within.getByRole("button", { name }).click();
}

for (const outcome of ["left unfinished", "link expired", "inconclusive"]) {
  Deno.test(`a card says that the person can start again after "${outcome}", and offers it`, async () => {
    await using visit = await visitSandbox();
    const ada = await registerAda(visit);

    await press(ada, outcome);
    await ada.getByText("The person can start again").waitFor();
    await waitUntilSeen(ada.getByRole("button", { name: "Start again" }));
    await press(ada, "Start again");
    await press(ada, "passed");

    await ada.locator(".status.verified").waitFor();
  });
}

for (
  const [fault, what] of [
    ["drop", "Its callback was dropped"],
    ["unsigned", "Its callback was refused with 401"],
  ] as const
) {
  Deno.test(`a card says when the bridge looks by itself: "${what}"`, async () => {
    await using visit = await visitSandbox();
    const ada = await registerAda(visit);
    await visit.submitElsewhere("/switch", { callbacks: fault });

    await press(ada, "passed");
    const text = await ada.getByText(what).last().textContent() ?? "";
    const [, at = ""] = /The bridge looks by itself at ([\d:]{8})\.$/.exec(text) ?? [];
    await ada.locator(".status.verified").waitFor();

    const looks = visit.page.locator(".call", { hasText: "Read the status" });
    const time = await looks.last().locator("time").textContent() ?? "";
    // Midnight may lie between the two.
    const late = (toSeconds(time) - toSeconds(at) + DAY) % DAY;
    assert(late < 60, `${time} is before ${at}, or long after it`);
  });
}

Deno.test("a card says that Jumio takes one start a second while its person waits", async () => {
  await using visit = await visitSandbox();
  const { page, submitElsewhere } = visit;

  const people = Array.from({ length: 8 }, (_, number) => `person${number}@example.com`);
  const registered = people.map((email) => submitElsewhere("/register", { email }));
  const waiting = page.locator(".hint", { hasText: "Jumio takes one start a second" });

  await waiting.filter({ hasText: /[2-7] people are before this one\.$/ }).first()
    .waitFor({ state: "attached" });
  await Promise.all(registered);
  await page.locator(".person .status.pending").nth(7).waitFor();
  assert.equal(await waiting.count(), 0);
});

Deno.test("an old notice has lost its colour, and shows its time", async () => {
  await using visit = await visitSandbox();
  const ada = await registerAda(visit);
  await press(ada, "passed");
  await ada.locator(".status.verified").waitFor();
  await press(ada, "Sign in");
  const notice = ada.locator(".notice.good");
  const readColors = () =>
    evaluateOn(
      notice,
      "[getComputedStyle(element).color, getComputedStyle(element).backgroundColor]",
    );

  await notice.waitFor();
  const fresh = await readColors();
  // As if the time had passed.
  await evaluateOn(notice, "element.getAnimations().forEach((one) => one.finish())");
  const old = await readColors();
  await press(ada, "Recover");
  await ada.getByText("Signed in by recovery").waitFor();

  assert.notDeepEqual(old, fresh);
  assert.match(await notice.locator("time").textContent() ?? "", /^\d\d:\d\d:\d\d$/);
  assert.deepEqual(await readColors(), fresh, "another notice is old from the start");
});

Deno.test("a review is settled on the operator's page, to which the card and the page lead", async () => {
  await using visit = await visitSandbox();
  const { page } = visit;
  const ada = await registerAda(visit);
  await press(ada, "warning");
  await ada.getByText("An operator decides").waitFor();
  const secret = await page.locator("header code").last().textContent() ?? "";
  const [all, own] = await Promise.all(
    [page.locator("header"), ada].map((within) =>
      within.getByRole("link", { name: "The operator’s page" }).getAttribute("href")
    ),
  );

  const operator = await page.context().newPage();
  await operator.goto(all ?? assert.fail());
  await operator.locator("input[name=name]").fill("sandbox");
  await operator.locator("input[name=secret]").fill(secret);
  await operator.locator("main button").first().click();
  await operator.goto(own ?? assert.fail());
  await takeScreenshot(operator, "sandbox-operator");

  assert.match(await operator.locator("main").textContent() ?? "", /review/i);
  const arrows = page.locator(".call .words", { hasText: "An operator to Bridge" });
  await arrows.filter({ hasText: "Signs in as an operator" }).waitFor();
  assert.equal(await page.locator(".call", { hasText: secret }).count(), 0);
});

function toSeconds(clock: string): number {
  const [hours = NaN, minutes = NaN, seconds = NaN] = clock.split(":").map(Number);
  return (hours * 60 + minutes) * 60 + seconds;
}
