// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { type SandboxProcess, startSandbox } from "../support/sandbox_process.ts";
import { startBrowser } from "./browser.ts";

/** An arrow of the diagram, such as `Person to Bridge: Opens the link on the identity`. */
interface Arrow {
  readonly words: string;
  /** Such as `GET /jumio/verify`. */
  readonly call: string;
}

async function readArrows(page: Page): Promise<Arrow[]> {
  const read = (part: string) => page.locator(`#calls ${part}`).allTextContents();
  const [words, calls] = [await read(".words"), await read(".facts code")];
  return words.map((text, index) => ({ words: text, call: calls[index] ?? "" }));
}

/** The requests that the browser sends to the servers of the sandbox, as `Person to Bridge GET /path`. */
function recordRequests(page: Page, { pageUrl }: SandboxProcess): string[] {
  const requests: string[] = [];
  const first = Number(new URL(pageUrl).port);
  page.on("request", (request) => {
    const { port, pathname } = new URL(request.url());
    const receiver = ["Bridge", "Jumio", "Ory", "Your app"][Number(port) - first - 1];
    if (receiver !== undefined) {
      requests.push(`Person to ${receiver} ${request.method()} ${pathname}`);
    }
  });
  return requests;
}

async function register(page: Page, email: string): Promise<void> {
  await page.fill("#email", email);
  await page.getByRole("button", { name: "Register" }).click();
  await page.locator(".person .status.pending").waitFor();
}

Deno.test("the sandbox draws every call of a browser once, as the person's", async () => {
  await using sandbox = await startSandbox();
  await using browser = await startBrowser();
  const page = await browser.open();
  await page.goto(sandbox.pageUrl);
  await register(page, "ada@example.com");
  const before = await readArrows(page);

  const own = await page.context().newPage();
  const requests = recordRequests(own, sandbox);
  const link = page.getByRole("link", { name: "The person’s page" });
  await own.goto(await link.getAttribute("href") ?? assert.fail());
  await own.locator("main :is(a, button)").first().click();
  const jumioUrl = own.url();
  await own.goto(new URL("/favicon.ico", jumioUrl).href);
  await own.goto(new URL("/favicon.ico", sandbox.serviceUrl).href);
  await own.goto(jumioUrl);
  await own.click("button[name=outcome][value=passed]");
  await page.locator(".person .status.verified").waitFor();
  await own.goto(sandbox.appUrl);
  await own.close();

  const isIcon = (text: string) => text.endsWith("/favicon.ico");
  const readNew = async () => (await readArrows(page)).slice(before.length);
  await waitUntil("each call is drawn once", async () => {
    const drawn = (await readNew()).filter(({ words }) => words.startsWith("Person to "))
      .map(({ words, call }) => `${words.split(":")[0]} ${call}`);
    assert.deepEqual(drawn.filter((text) => !isIcon(text)).sort(), requests.sort());
    return true;
  });
  // Playwright does not report the icons that the browser asks for by itself.
  const icons = (await readNew()).filter(({ call }) => isIcon(call)).map(({ words }) => words);
  for (const party of ["Jumio", "Bridge"]) {
    assert(icons.includes(`Person to ${party}: GET /favicon.ico`), String(icons));
  }
  assert.deepEqual(icons.filter((words) => !words.startsWith("Person to ")), []);
});
