// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { startSandbox } from "../support/sandbox_process.ts";
import { startBrowser } from "./browser.ts";

/** The page of a sandbox in a browser, and a second visitor whose browser runs no script. */
export interface SandboxVisit extends AsyncDisposable {
  readonly page: Page;
  /** The values of the switches on the server. */
  readSwitches(): Promise<Record<string, string>>;
  /** Submits a form of the page as the second visitor. */
  submitElsewhere(path: string, form: Record<string, string>): Promise<void>;
}

export async function visitSandbox(): Promise<SandboxVisit> {
  await using stack = new AsyncDisposableStack();
  const { pageUrl } = stack.use(await startSandbox());
  const page = await stack.use(await startBrowser()).open();
  await page.goto(pageUrl);
  const owned = stack.move();
  return {
    page,
    async readSwitches() {
      const html = await (await fetch(pageUrl)).text();
      const all = html.matchAll(/<select id="switch-(\w+)".*?<option value="(\w+)" selected/gs);
      return Object.fromEntries([...all].map(([, name, value]) => [name, value]));
    },
    async submitElsewhere(path, form) {
      const body = new URLSearchParams(form);
      const headers = { origin: pageUrl };
      await (await fetch(pageUrl + path, { method: "POST", headers, body })).body?.cancel();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Waits until the page shows a fault at this switch. */
export async function waitUntilBroken(page: Page, name: string): Promise<void> {
  await page.locator(`.broken #switch-${name}`).waitFor();
}

/** Returns a function that waits until the browser has received a fragment with this HTML. */
export async function listen(page: Page): Promise<(html: string) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const received: string[] = [];
  session.on(
    "Network.eventSourceMessageReceived",
    ({ data }) => received.push(JSON.parse(data).html),
  );
  await session.send("Network.enable");
  return (html) =>
    waitUntil(`${html} is received`, () => received.some((fragment) => fragment.includes(html)));
}
