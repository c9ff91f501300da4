// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import axe from "axe-core";
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from "playwright-core";
import { waitUntil } from "../../sandbox/processes/loopback.ts";

/** The window sizes for which every page is tested: a small phone and a laptop. */
export const SIZES = { phone: { width: 375, height: 720 }, desktop: { width: 1280, height: 800 } };

export interface TestBrowser extends AsyncDisposable {
  /** Opens a window without cookies or storage of another. It closes with the browser. */
  open(options?: BrowserContextOptions): Promise<Page>;
}

/** Without these flags Chromium calls servers of Google at every start. */
export const BROWSER_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const SCREENSHOTS = new URL("../../screenshots/", import.meta.url);

/** Debian's Chromium, or the one that `CHROMIUM_BIN` names. */
export function findBrowser(): string {
  return Deno.env.get("CHROMIUM_BIN") ?? "/usr/bin/chromium";
}

export async function startBrowser(): Promise<TestBrowser> {
  const options = { executablePath: findBrowser(), args: BROWSER_ARGS };
  const browser: Browser = await chromium.launch(options).catch((cause) => {
    const cure = "apt-get install chromium, or set CHROMIUM_BIN to the path of a Chromium";
    throw new Error(`Cannot start Chromium: ${cure}`, { cause });
  });
  return {
    async open(options = {}) {
      const context = await browser.newContext({ viewport: SIZES.desktop, ...options });
      // For what never comes: longer than a slow machine needs.
      context.setDefaultTimeout(60_000);
      return await context.newPage();
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Saves a screenshot of the page to `screenshots/`, for a person to look at. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  await Deno.mkdir(SCREENSHOTS, { recursive: true });
  const image = await page.screenshot({ fullPage: true, animations: "disabled" });
  await Deno.writeFile(new URL(`${name}.png`, SCREENSHOTS), image);
}

/** Fails if axe-core has a serious or critical finding on the page, or any with `isStrict`. */
export async function assertAccessible(
  page: Page,
  { isStrict = false }: { isStrict?: boolean } = {},
): Promise<void> {
  // Runs by the debugger, to which the Content-Security-Policy of the page does not apply.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate("axe.run()") as axe.AxeResults;
  const found = violations.filter(({ impact }) =>
    isStrict || impact === "serious" || impact === "critical"
  );
  assert.deepEqual(
    found.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) })),
    [],
  );
}

/** Fails if the page is wider than its window and has to be scrolled sideways. */
export async function assertFits(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(
    "[document.documentElement.scrollWidth, innerWidth]",
  ) as [number, number];
  assert(content <= window, `The page is ${content} pixels wide in a window of ${window}`);
}

/**
 * What hides an element from somebody who does not scroll: undefined if its middle and its edges are
 * inside the window and inside everything that cuts it off, and nothing covers it.
 */
const FIND_WHAT_HIDES = `(() => {
  const { top, bottom, left, right } = element.getBoundingClientRect();
  const isInside = (box) => top >= box.top - 1 && bottom <= box.bottom + 1 &&
    left >= box.left - 1 && right <= box.right + 1;
  if (!isInside({ top: 0, left: 0, bottom: innerHeight, right: innerWidth })) return "the window";
  for (let outer = element.parentElement; outer !== null; outer = outer.parentElement) {
    const clips = getComputedStyle(outer).overflowY !== "visible";
    if (clips && !isInside(outer.getBoundingClientRect())) return outer.id || outer.localName;
  }
  const covering = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  const isOnTop = covering !== null && (element.contains(covering) || covering.contains(element));
  return isOnTop ? undefined : covering?.outerHTML ?? "nothing is there";
})()`;

/** Waits until a person sees the whole element without scrolling. */
export async function waitUntilSeen(element: Locator): Promise<void> {
  await waitUntil("the element is seen", async () => {
    assert.equal(await evaluateOn(element, FIND_WHAT_HIDES), undefined);
    return true;
  });
}

/** Evaluates an expression in the browser, in which `element` is the element. */
export async function evaluateOn(element: Locator, expression: string): Promise<unknown> {
  // Playwright would not call a function that is a text.
  const read = new Function("element", `return ${expression}`) as (element: unknown) => unknown;
  return await element.evaluate(read);
}
