// SPDX-License-Identifier: Apache-2.0
import type { Page } from "playwright-core";
import { type Fleet, startFleet } from "../../sandbox/processes/fleet.ts";
import type { TestBrowser } from "./browser.ts";

/** Starts the service as a process between simulators, with its KV in a file as in production. */
export async function startWorld(): Promise<Fleet> {
  const folder = await Deno.makeTempDir({ prefix: "bridge-" });
  const fleet = await startFleet({
    instances: 1,
    kvPath: `${folder}/kv.sqlite3`,
    runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
    env: { "JUMIO_STARTS_PER_SECOND": "100", "BRAND_NAME": "Example Bank" },
  });
  return {
    ...fleet,
    async [Symbol.asyncDispose]() {
      await fleet[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

export async function titleOf(page: Page): Promise<string | null> {
  return await page.textContent("h1");
}

export async function waitForTitle(page: Page, title: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}

export async function press(page: Page, name = "Start now"): Promise<void> {
  await page.getByRole("button", { name }).click();
}

/** Chooses the outcome on the hosted page of the simulated Jumio. */
export async function choose(page: Page, outcome: string): Promise<void> {
  await page.click(`button[name=outcome][value=${outcome}]`);
}

/** What each scenario uses: the service, its simulator of Jumio, and a browser. */
export interface Scene {
  readonly world: Fleet;
  readonly jumio: Fleet["jumio"];
  readonly browser: TestBrowser;
}
