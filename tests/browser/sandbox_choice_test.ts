import assert from "node:assert/strict";
import type { Page, Request } from "playwright-core";
import { waitUntil } from "../../sandbox/processes/loopback.ts";
import { startSandbox } from "../support/sandbox_process.ts";
import { startBrowser } from "./browser.ts";

/** A page of the sandbox, and another visitor of it, who has no script. */
async function open() {
  await using stack = new AsyncDisposableStack();
  const { pageUrl } = stack.use(await startSandbox());
  const page = await stack.use(await startBrowser()).open();
  await page.goto(pageUrl);
  const owned = stack.move();
  return {
    page,
    /** What the switches are set to, says the sandbox itself. */
    async readSwitches(): Promise<Record<string, string>> {
      const html = await (await fetch(pageUrl)).text();
      const all = html.matchAll(/<select id="switch-(\w+)".*?<option value="(\w+)" selected/gs);
      return Object.fromEntries([...all].map(([, name, value]) => [name, value]));
    },
    async submitElsewhere(path: string, form: Record<string, string>): Promise<void> {
      const body = new URLSearchParams(form);
      await (await fetch(pageUrl + path, { method: "POST", body })).body?.cancel();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Keeps the page's first choice on its way until it is released. */
async function holdFirstChoice(page: Page) {
  const { promise: isReleased, resolve: release } = Promise.withResolvers<void>();
  const sent: Request[] = [];
  await page.route("**/switch", async (route) => {
    if (sent.push(route.request()) === 1) await isReleased;
    await route.continue();
  });
  return { sent, release };
}

/** Waits until the sandbox has told the page that this is not as it should be. */
async function waitUntilBroken(page: Page, name: string): Promise<void> {
  await page.locator(`.broken #switch-${name}`).waitFor();
}

/** Tells when a piece has come to the page, whatever the page does with it. */
async function listen(page: Page): Promise<(html: string) => Promise<void>> {
  const session = await page.context().newCDPSession(page);
  const told: string[] = [];
  session.on("Network.eventSourceMessageReceived", ({ data }) => told.push(JSON.parse(data).html));
  await session.send("Network.enable");
  return (html) => waitUntil(`${html} has come`, () => told.some((piece) => piece.includes(html)));
}

Deno.test("the sandbox's page draws over no choice that is on its way, and sends no other with it", async () => {
  await using visit = await open();
  const { page, readSwitches, submitElsewhere } = visit;
  const { release } = await holdFirstChoice(page);

  await page.selectOption("#switch-callbacks", "drop");
  await submitElsewhere("/switch", { ory: "down" });
  await waitUntilBroken(page, "ory");
  const shown = await page.inputValue("#switch-callbacks");
  await page.selectOption("#switch-jumio", "slow");
  await waitUntilBroken(page, "jumio");
  release();
  await waitUntilBroken(page, "callbacks");

  assert.equal(shown, "drop");
  const { callbacks, ory, jumio } = await readSwitches();
  assert.deepEqual({ callbacks, ory, jumio }, { callbacks: "drop", ory: "down", jumio: "slow" });
});

Deno.test("the sandbox's page lets the last of two quick choices count", async () => {
  await using visit = await open();
  const { page, readSwitches } = visit;
  const { sent, release } = await holdFirstChoice(page);

  await page.selectOption("#switch-callbacks", "repeat");
  await page.selectOption("#switch-callbacks", "forged");
  await page.selectOption("#switch-callbacks", "drop");
  await page.selectOption("#switch-jumio", "slow");
  await waitUntilBroken(page, "jumio");
  release();
  await waitUntilBroken(page, "callbacks");
  await sent[0]?.response();

  await waitUntil("it counts", async () => (await readSwitches())["callbacks"] === "drop");
  assert.equal(await page.inputValue("#switch-callbacks"), "drop");
});

Deno.test("the sandbox's page leaves a list that is open as it is, whatever happens meanwhile", async () => {
  await using visit = await open();
  const { page, readSwitches, submitElsewhere } = visit;
  const list = await page.$("#switch-callbacks") ?? assert.fail();

  await submitElsewhere("/switch", { ory: "down", callbacks: "repeat" });
  await waitUntilBroken(page, "ory");
  const shown = await list.inputValue();
  await list.selectOption("drop");

  assert.equal(shown, "repeat");
  await waitUntil("it counts", async () => (await readSwitches())["callbacks"] === "drop");
});

for (const by of ["mouse", "keyboard"] as const) {
  Deno.test(`the sandbox's page loses no press by ${by} on a button that is drawn anew`, async () => {
    await using visit = await open();
    const { page, submitElsewhere } = visit;
    const ada = { email: "ada@example.com" };
    await submitElsewhere("/register", ada);
    await page.locator(".status.pending").waitFor();
    const button = page.getByRole("button", { name: "rejected" });
    const wasTold = await listen(page);

    await (by === "mouse" ? button.hover() : button.focus());
    await (by === "mouse" ? page.mouse.down() : page.keyboard.down("Space"));
    await submitElsewhere("/sign-in", ada);
    await submitElsewhere("/switch", { ory: "down" });
    await wasTold('<option value="down" selected');
    await (by === "mouse" ? page.mouse.up() : page.keyboard.up("Space"));

    await page.getByText("Jumio says: PROCESSED, REJECTED.").waitFor();
  });
}
