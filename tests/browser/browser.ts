import assert from "node:assert/strict";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** The window sizes for which every page is tested: a small phone and a laptop. */
export const SIZES = { phone: { width: 375, height: 720 }, desktop: { width: 1280, height: 800 } };

export interface TestBrowser extends AsyncDisposable {
  /** Opens a window without cookies or storage of another. It closes with the browser. */
  open(options?: BrowserContextOptions): Promise<Page>;
}

/** Without these flags Chromium calls servers of Google at every start. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const SCREENSHOTS = new URL("../../screenshots/", import.meta.url);

/** Starts Debian's Chromium, or the one that `CHROMIUM_BIN` names. */
export async function startBrowser(): Promise<TestBrowser> {
  const executablePath = Deno.env.get("CHROMIUM_BIN") ?? "/usr/bin/chromium";
  const browser: Browser = await chromium.launch({ executablePath, args: ARGS }).catch((cause) => {
    const cure = "apt-get install chromium, or set CHROMIUM_BIN to the path of a Chromium";
    throw new Error(`Cannot start Chromium: ${cure}`, { cause });
  });
  return {
    async open(options = {}) {
      const context = await browser.newContext({ viewport: SIZES.desktop, ...options });
      context.setDefaultTimeout(15_000);
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

/** Fails if axe-core has a serious or critical finding on the page. */
export async function assertAccessible(page: Page): Promise<void> {
  // Runs by the debugger, to which the Content-Security-Policy of the page does not apply.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate("axe.run()") as axe.AxeResults;
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(
    serious.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) })),
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
