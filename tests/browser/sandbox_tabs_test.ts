// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { startSandbox } from "../support/sandbox_process.ts";
import { startBrowserWithTabs } from "./real_tabs.ts";

/** As many connections as a browser opens to one server. */
const TABS = 6;

/** Chooses a fault as a visitor does, and waits until the page shows that the sandbox has it. */
const CHOOSE = `(() => {
  const select = document.querySelector("#switch-callbacks");
  select.value = "drop";
  select.dispatchEvent(new Event("change", { bubbles: true }));
})()`;
const IS_BROKEN = `document.querySelector(".broken #switch-callbacks") !== null`;
const IS_LIVE = `document.documentElement.classList.contains("live")`;

Deno.test("a switch works while six tabs are open, and a tab that was hidden catches up", async () => {
  await using sandbox = await startSandbox();
  await using browser = await startBrowserWithTabs();
  const tabs = [];
  for (let tab = 0; tab < TABS + 1; tab++) {
    const opened = await browser.open(sandbox.pageUrl);
    await waitUntil("the tab is loaded", async () => await opened.evaluate(IS_LIVE) === true);
    tabs.push(opened);
  }
  const [first = assert.fail()] = tabs;
  const last = tabs.at(-1) ?? assert.fail();

  await last.evaluate(CHOOSE);
  await waitUntil("the fault is on", async () => await last.evaluate(IS_BROKEN) === true);
  const isBehind = await first.evaluate(IS_BROKEN) === false;
  await first.show();

  await waitUntil("the first tab shows it", async () => await first.evaluate(IS_BROKEN) === true);
  assert(isBehind, "a hidden tab is still connected");
});
