// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { answerSession, createEvent, createExampleApp } from "../support/example_app.ts";
import { type RealTab, startBrowserWithTabs } from "./real_tabs.ts";

/** One more than a browser opens connections to one server. */
const TABS = 7;

Deno.test("the example works in seven tabs, and a tab that was hidden catches up", async () => {
  let status = "verified";
  const app = createExampleApp({ answer: () => answerSession({ jumio: { status } }) });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  await using browser = await startBrowserWithTabs();
  const tabs: RealTab[] = [];
  for (let tab = 0; tab < TABS; tab++) {
    const opened = await browser.open(`http://127.0.0.1:${server.addr.port}/members`);
    await waitForStatus(opened, "verified");
    tabs.push(opened);
  }
  const [first = assert.fail()] = tabs;
  const last = tabs.at(-1) ?? assert.fail();

  status = "rejected";
  await app.post("/events", createEvent({ "identity_id": "ada", status, sequence: 3 }));
  await waitForStatus(last, "rejected");
  const isBehind = await readStatus(first) === "verified";
  await first.show();

  await waitForStatus(first, "rejected");
  assert(isBehind, "a hidden tab is still connected");
  // Its stream would keep the server open.
  await browser.open("about:blank");
});

/** The status that the page shows. */
async function readStatus(tab: RealTab): Promise<unknown> {
  return await tab.evaluate(`document.querySelector("main")?.dataset.status`);
}

async function waitForStatus(tab: RealTab, status: string): Promise<void> {
  await waitUntil(`the tab shows ${status}`, async () => await readStatus(tab) === status);
}
