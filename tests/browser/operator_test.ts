// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../support/operator_api.ts";
import { writeMetadataPublic } from "../support/metadata.ts";
import type { TestContext } from "../support/context.ts";
import { assertAccessible, assertFits, SIZES, startBrowser, takeScreenshot } from "./browser.ts";
import { listen, open, signIn } from "./operator_page.ts";

const HOUR = 3_600_000;

/** Simulates two days of use, with one verdict that could not be written to Ory. */
async function createDays(service: TestContext): Promise<string> {
  const outcomes = ["passed", "passed", "passed", "warning", "rejected", "link_expired"] as const;
  let count = 0;
  for (let hour = 0; hour < 30; hour++) {
    const perHour = Math.round(3 + 3 * Math.sin(hour / 4));
    for (let one = 0; one < perHour; one++) {
      await service.register(`person-${count}@example.com`);
      await service.advance(2_000);
      const outcome = outcomes[(count++ * 7 + hour) % outcomes.length] ?? "passed";
      await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", outcome);
      await service.drain();
    }
    await service.advance(HOUR - perHour * 2_000);
  }
  const identityId = await service.register("grace@example.com");
  await service.advance(2_000);
  service.kratos.faults.isAdminDown = true;
  await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", "passed");
  for (let hour = 0; hour < 25; hour++) await service.advance(HOUR);
  service.kratos.faults.isAdminDown = false;
  await service.register("late@example.com");
  return identityId;
}

Deno.test("an operator signs in, sees a dead letter, replays it, and reads the timeline", async () => {
  await using service = await createOperatedContext();
  const identityId = await createDays(service);
  await using server = listen(service);
  await using browser = await startBrowser();
  const { page, problems } = await open(browser, { javaScriptEnabled: false });

  await signIn(page, server.url);
  const letter = page.locator(".needs").getByText("1 job given up: could not");
  await letter.waitFor();
  await page.getByRole("button", { name: /^Replay: Write to Ory/ }).click();
  await page.getByRole("status").getByText("The job is tried again now").waitFor();
  assert.equal(await letter.count(), 0);
  await page.getByLabel("Identity or execution id").fill(identityId);
  await page.getByRole("button", { name: "Show" }).click();

  await page.locator(".timeline li").first().waitFor();
  await page.waitForLoadState();
  const entries = await page.locator(".timeline li").allTextContents();
  assert(entries.some((entry) => /Dead letter/.test(entry)));
  assert(entries.some((entry) => /action: replay.*by: Grace Hopper/.test(entry)));
  await service.drain();
  assert.equal(service.metadata(identityId)["status"], "verified");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  assert.deepEqual(problems, []);
});

Deno.test("an operator sees that Ory lost a rejection, and publishes it again", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await service.advance(60_000);
  await writeMetadataPublic(service, { identityId, value: null });
  await using server = listen(service);
  await using browser = await startBrowser();
  const { page, problems } = await open(browser, { javaScriptEnabled: false });

  await signIn(page, server.url);
  await page.goto(`${server.url}?id=${identityId}`);
  await page.getByText("differs from our record").waitFor();
  await assertFits(page);
  await takeScreenshot(page, "operator-differs");
  await page.getByRole("button", { name: "Publish again" }).click();
  await page.getByRole("status").getByText("Our record is being published").waitFor();

  assert.equal(await page.getByText("differs from our record").count(), 0);
  assert.equal(service.metadata(identityId)["status"], "rejected");
  const entries = await page.locator(".timeline li").allTextContents();
  assert(entries.some((entry) => /published.*action: publish.*by: Grace Hopper/.test(entry)));
  assert.deepEqual(problems, []);
});

Deno.test("the operator's cookie is out of reach for scripts and other sites", async () => {
  await using service = await createOperatedContext();
  await using server = listen(service);
  await using browser = await startBrowser();
  const { page } = await open(browser);

  await signIn(page, server.url);

  const [cookie] = await page.context().cookies();
  assert.deepEqual(
    [cookie?.name, cookie?.httpOnly, cookie?.secure, cookie?.sameSite],
    ["__Host-operator", true, true, "Strict"],
  );
  assert.equal(await page.evaluate("document.cookie"), "");
});

Deno.test("a page of another site cannot replay a dead letter", async () => {
  await using service = await createOperatedContext();
  const identityId = await createDays(service);
  await using server = listen(service);
  const form = `<form method="post" action="${server.url}replay">
<input name="kind" value="publish"><input name="id" value="${identityId}"><button>Go</button></form>`;
  await using evil = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(form, { headers: { "content-type": "text/html" } }),
  );
  await using browser = await startBrowser();
  const { page } = await open(browser);
  await signIn(page, server.url);

  // Another port is the same site, so the browser sends the cookie. The Origin header differs.
  await page.goto(`http://127.0.0.1:${evil.addr.port}/`);
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith("/replay")),
    page.getByRole("button", { name: "Go" }).click(),
  ]);

  assert.equal(response.status(), 403);
  await service.drain();
  assert.equal(service.metadata(identityId)["status"], "pending");
});

for (const [sizeName, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    Deno.test(`the operator's pages fit and are accessible, ${sizeName}, ${colorScheme}`, async () => {
      await using service = await createOperatedContext();
      const identityId = await createDays(service);
      await using server = listen(service);
      await using browser = await startBrowser();
      const { page, problems } = await open(browser, { viewport, colorScheme });
      const look = async (name: string) => {
        await assertAccessible(page);
        await assertFits(page);
        await takeScreenshot(page, `operator-${name}-${sizeName}-${colorScheme}`);
      };

      await page.goto(server.url);
      await look("sign-in");
      await signIn(page, server.url);
      await look("dashboard");
      await page.locator("summary").first().click();
      await look("table");
      await page.goto(`${server.url}?id=${identityId}`);
      await look("identity");
      await page.goto(`${server.url}?id=unknown`);
      await look("unknown");
      assert.deepEqual(problems, []);
    });
  }
}
