// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Outcome } from "../../sandbox/simulators/jumio/simulator.ts";
import { getFreePort, waitUntil } from "../../sandbox/processes/loopback.ts";
import { FormBrowser, type ShownPage } from "../support/form_browser.ts";
import { createWorld, type KratosKind, type World } from "./world.ts";

const EXAMPLE = new URL("../../examples/app/", import.meta.url);
const EVENTS_SECRET = `whsec_${btoa("only-for-the-e2e-tests-!")}`;
const PASSWORD = "Correct-horse-9-battery";

/** The example application as its own task starts it. */
async function startExample(
  port: number,
  { kratos }: World,
): Promise<AsyncDisposable & { url: string }> {
  const url = `http://127.0.0.1:${port}`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "start"],
    cwd: EXAMPLE,
    env: { "ORY_URL": kratos.publicUrl, "EVENTS_SECRET": EVENTS_SECRET, "PORT": String(port) },
    stdout: "null",
    stderr: "null",
  }).spawn();
  await waitUntil("the example answers", async () => {
    const answer = await fetch(`${url}/style.css`);
    await answer.body?.cancel();
    return answer.ok;
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/** Signs up. Kratos asks for the address first and then for the password, or for both at once. */
async function signUp(browser: FormBrowser, url: string, email: string): Promise<ShownPage> {
  const form = { "traits.email": email, password: PASSWORD };
  let page = await browser.open(`${url}/registration`);
  for (let step = 0; step < 2 && page.title === "Sign up"; step++) {
    page = await browser.submit(page, form);
  }
  assert.equal(page.title, "Welcome", page.html);
  return page;
}

/** Ends the newest execution, and waits until the open page is told about it. */
async function finish(
  world: World,
  { browser, url, outcome, status }: {
    browser: FormBrowser;
    url: string;
    outcome: Outcome;
    status: string;
  },
): Promise<void> {
  const { body } = await browser.fetch(new URL(`${url}/live`), {});
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader() ?? assert.fail();
  await world.jumio.finish(world.jumio.executions.at(-1)?.id ?? "", outcome);
  let received = "";
  while (!received.includes(`data: ${status}\n`)) {
    const { value, done } = await reader.read();
    assert(!done, received);
    received += value;
  }
  await reader.cancel();
}

for (const kind of ["the real Kratos", "the simulated Kratos"] satisfies KratosKind[]) {
  Deno.test(`The example application works with ${kind}`, async (t) => {
    const port = getFreePort();
    const appUrl = `http://127.0.0.1:${port}`;
    await using world = await createWorld(kind, {
      appUrl,
      settings: { "EVENTS_URL": `${appUrl}/events`, "EVENTS_SECRET": EVENTS_SECRET },
    });
    await using _example = await startExample(port, world);

    await t.step("it opens its page to somebody who signs up and is verified", async () => {
      const browser = new FormBrowser();

      await signUp(browser, appUrl, "ada@example.com");
      const closed = await browser.open(`${appUrl}/members`);
      await finish(world, { browser, url: appUrl, outcome: "passed", status: "verified" });
      const open = await browser.open(`${appUrl}/members`);

      assert.deepEqual([closed.status, open.status], [403, 200], open.html);
      assert.match(closed.html, /href="http[^"]+\/jumio\/verify\?token=/);
    });

    await t.step("it stays closed to a rejected person, who cannot sign in again", async () => {
      const browser = new FormBrowser();

      const welcome = await signUp(browser, appUrl, "eve@example.com");
      await finish(world, { browser, url: appUrl, outcome: "rejected", status: "rejected" });
      const closed = await browser.open(`${appUrl}/members`);
      const signedOut = await browser.submit(welcome);
      const form = await browser.open(`${appUrl}/members`);
      const refused = await browser.submit(form, {
        identifier: "eve@example.com",
        password: PASSWORD,
      });

      assert.equal(closed.status, 403);
      assert.match(closed.html, /We could not verify your identity/);
      assert.deepEqual([signedOut.title, form.title, refused.title], [
        "Welcome",
        "Sign in",
        "Sign in",
      ]);
      assert.match(refused.html, /Your identity could not be verified/);
    });

    await t.step("it shows the messages of a form", async () => {
      const browser = new FormBrowser();

      const wrong = await browser.submit(await browser.open(`${appUrl}/login`), {
        identifier: "ada@example.com",
        password: "wrong-password",
      });
      const old = await browser.open(`${appUrl}/login?flow=${crypto.randomUUID()}`);

      assert.match(wrong.html, /role="alert">The provided credentials are invalid/);
      assert.match(wrong.html, /value="ada@example\.com"/);
      assert.equal(old.title, "This form is too old");
    });
  });
}
