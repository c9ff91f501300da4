// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { PERSON_PAGES } from "../../routes/person/person_page.ts";
import { LANGUAGES } from "../../locales/mod.ts";
import { assertAccessible, assertFits, SIZES, startBrowser, takeScreenshot } from "./browser.ts";
import { servePersonStates } from "./person_states.ts";

for (const language of LANGUAGES) {
  // The colours depend on no language.
  for (const colorScheme of language === "en" ? ["light", "dark"] as const : ["light"] as const) {
    Deno.test(`every page in ${language} is accessible and fits, ${colorScheme}`, async (t) => {
      await using pages = servePersonStates();
      await using browser = await startBrowser();
      const page = await browser.open({ colorScheme, locale: language });

      for (const name of PERSON_PAGES) {
        await t.step(name, async () => {
          await page.setViewportSize(SIZES.phone);
          await page.goto(pages.url(name));

          await assertAccessible(page, { isStrict: true });
          for (const [size, viewport] of Object.entries(SIZES)) {
            await page.setViewportSize(viewport);
            await assertFits(page);
            if (language === "en" || name === "ready") {
              await takeScreenshot(page, `verify-${name}-${language}-${size}-${colorScheme}`);
            }
          }
          await assertButtonInSight(page);
          await assertReflows(page);
        });
      }
    });
  }
}

/** WCAG 2.2: a window 320 pixels wide (1.4.10), and text at twice its size (1.4.4). */
async function assertReflows(page: Page): Promise<void> {
  await page.setViewportSize({ width: 320, height: 640 });
  await assertFits(page);
  await page.evaluate("document.documentElement.style.fontSize = '200%'");
  await assertFits(page);
  assert.equal(await page.evaluate("getComputedStyle(document.body).hyphens"), "auto");
  assert.deepEqual(await page.evaluate(BROKEN_WORDS), []);
}

/** The step's button is in sight without scrolling, in the windows of two small phones. */
async function assertButtonInSight(page: Page): Promise<void> {
  for (const viewport of [{ width: 320, height: 568 }, { width: 375, height: 553 }]) {
    await page.setViewportSize(viewport);
    const button = page.locator("#step .button").first();
    if (await button.count() === 0) continue;
    const { y = 0, height = 0 } = await button.boundingBox() ?? {};
    assert(y + height <= viewport.height, `The button ends at ${y + height}`);
  }
}

/**
 * The words, or parts between hyphens, that are on more than one line. Without automatic hyphens: not
 * every browser has a dictionary of every language.
 */
const BROKEN_WORDS = `(() => {
  document.body.style.hyphens = "manual";
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    if (text.parentElement.closest("script, .hidden")) continue;
    const lineAt = (index) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return range.getBoundingClientRect().bottom;
    };
    for (const { 0: word, index } of text.data.matchAll(/[^\\s\\u00AD-]+/g)) {
      if (lineAt(index) !== lineAt(index + word.length - 1)) broken.push(word);
    }
  }
  return broken;
})()`;

Deno.test("the button is the first element to get the keyboard focus, and shows it", async () => {
  await using pages = servePersonStates();
  await using browser = await startBrowser();
  const page = await browser.open({ viewport: SIZES.phone });
  await page.goto(pages.url("ready"));

  await page.keyboard.press("Tab");

  assert.equal(await page.evaluate("document.activeElement.textContent"), "Start now");
  const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
  assert.equal(outline, "solid");
  const box = await page.locator(":focus").boundingBox();
  assert(box && box.height >= 44, "The button is too small for a finger");
  await takeScreenshot(page, "verify-ready-focus");
});

Deno.test("only people who are not on a phone read that they can open the link on a phone", async () => {
  await using states = servePersonStates();
  await using browser = await startBrowser();
  const phone = await browser.open({ viewport: SIZES.phone, hasTouch: true, isMobile: true });
  const laptop = await browser.open();
  await Promise.all([phone, laptop].map((page) => page.goto(states.url("ready"))));

  const [onPhone, onLaptop] = await Promise.all(
    [phone, laptop].map((page) => page.locator(".other-device").isVisible()),
  );

  assert.deepEqual([onPhone, onLaptop], [false, true]);
});

Deno.test("nothing moves if the person prefers reduced motion", async () => {
  await using pages = servePersonStates();
  await using browser = await startBrowser();
  const page = await browser.open({ reducedMotion: "reduce" });
  await page.goto(pages.url("checking"));

  const name = await page.evaluate(
    "getComputedStyle(document.querySelector('.turning')).animationName",
  );

  assert.equal(name, "none");
});

Deno.test("the way back leads to the app, and does not tell it the person's link", async () => {
  const visits: (string | null)[] = [];
  await using app = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    if (new URL(request.url).pathname === "/home") visits.push(request.headers.get("referer"));
    const headers = { "content-type": "text/html" };
    return new Response("<!doctype html><title>x</title><h1>The app</h1>", { headers });
  });
  await using pages = servePersonStates({
    appUrl: `http://127.0.0.1:${app.addr.port}/home`,
  });
  await using browser = await startBrowser();
  const page = await browser.open({ viewport: SIZES.phone });
  await page.goto(`${pages.url("verified")}?token=secret`);

  await page.getByRole("link", { name: "Back to Example Bank" }).click();
  await page.getByRole("heading", { name: "The app" }).waitFor();

  assert.deepEqual(visits, [null]);
});
