// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";
import type { TestContext } from "../support/context.ts";
import { OPERATOR_SECRET } from "../support/operator_api.ts";
import type { TestBrowser } from "./browser.ts";

/** Serves the operator's page of a test context on loopback, for Chromium. */
export function listen(service: TestContext): { url: string } & AsyncDisposable {
  const handler = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const body = method === "POST" ? await request.text() : null;
    return await service.send(pathname + search, { method, headers, body, redirect: "manual" });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}/operator/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Signs in at the page by its form. */
export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel("Your name").fill("Grace Hopper");
  await page.getByLabel("Operator secret").fill(OPERATOR_SECRET);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
}

/** Opens a window. `problems` collects its errors, such as violations of the page's policy. */
export async function open(
  browser: TestBrowser,
  options: Parameters<TestBrowser["open"]>[0] = {},
): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.open(options);
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !/40[0-9]/.test(message.text())) {
      problems.push(message.text());
    }
  });
  return { page, problems };
}
