// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { PERSON_PAGES } from "../../routes/person/person_page.ts";
import { SIZES, startBrowser } from "./browser.ts";
import { servePersonStates } from "./person_states.ts";

/** A node of Chromium's accessibility tree, as far as these tests look at it. */
interface Node {
  readonly nodeId: string;
  readonly parentId?: string;
  readonly childIds?: readonly string[];
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly properties?: readonly {
    readonly name: string;
    readonly value: { readonly value: unknown };
  }[];
}

/** What a screen reader reads, in its order, as `[role, name]`. */
async function readTree(page: Page): Promise<[role: string, name: string][]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree") as { nodes: Node[] };
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const visit = (node: Node): Node[] => [
    ...node.ignored ? [] : [node],
    ...(node.childIds ?? []).flatMap((id) => visit(byId.get(id) ?? assert.fail())),
  ];
  const [root] = nodes;
  assert(root);
  return visit(root).map(({ role, name }) => [role?.value ?? "", (name?.value ?? "").trim()]);
}

/** The texts as they stand on the page, from top to bottom. */
const VISIBLE_TEXTS = `(() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode());) {
    const range = document.createRange();
    range.selectNodeContents(text);
    const [first] = range.getClientRects();
    const isShown = first && !text.parentElement.closest("script, .hidden");
    if (isShown && text.data.trim()) texts.push([Math.round(first.top), first.left, text.data.trim()]);
  }
  return texts.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , text]) => text);
})()`;

/** What the keyboard reaches by the first presses of Tab. */
async function pressTab(page: Page, { times }: { times: number }): Promise<string[]> {
  const reached: string[] = [];
  for (let press = 0; press < times; press++) {
    await page.keyboard.press("Tab");
    reached.push(String(await page.evaluate("document.activeElement.textContent")).trim());
  }
  return reached;
}

Deno.test("a screen reader and the keyboard meet each page in the order in which it is seen", async (t) => {
  await using states = servePersonStates();
  await using browser = await startBrowser();
  const page = await browser.open({ viewport: SIZES.phone });

  for (const name of PERSON_PAGES) {
    await t.step(name, async () => {
      await page.goto(states.url(name));

      const tree = await readTree(page);
      const roles = tree.map(([role]) => role);
      const read = tree.filter(([role]) => role === "StaticText").map(([, text]) => text);
      const controls = tree.filter(([role]) => role === "button" || role === "link");

      assert.deepEqual(read, await page.evaluate(VISIBLE_TEXTS));
      const reached = await pressTab(page, { times: controls.length });
      assert.deepEqual(reached, controls.map(([, text]) => text));
      for (const [role, text] of controls) assert.notEqual(text, "", `a ${role} without a name`);
      const marks = roles.filter((role) => /^(?:banner|main|contentinfo|heading)$/.test(role));
      assert.deepEqual(marks, ["banner", "main", "heading", "contentinfo"]);
      assert.equal(roles.indexOf("heading"), roles.indexOf("status") + 1);
      assert(!roles.some((role) => /image|graphics|svg/i.test(role)), "the icon is decoration");
    });
  }
});

Deno.test("the person hears what will happen before they reach the button, and the warning after it", async () => {
  await using states = servePersonStates();
  await using browser = await startBrowser();
  const page = await browser.open();
  await page.goto(states.url("ready"));

  const tree = await readTree(page);

  const from = tree.findIndex(([role]) => role === "status");
  const to = tree.findIndex(([role]) => role === "contentinfo");
  const named = tree.slice(from, to).filter(([role]) =>
    /^(?:heading|button|StaticText)$/.test(role)
  );
  assert.deepEqual(
    named.map(([role, name]) => `${role} ${name}`).filter((text, index, all) =>
      // A control and its text.
      index === 0 || text !== all[index - 1]?.replace(/^\w+/, "StaticText")
    ),
    [
      "heading Verify your identity",
      "StaticText Have your identity card or passport ready. It takes a few minutes.",
      "StaticText Take a photo of your document.",
      "StaticText Show your face to the camera.",
      "StaticText Our partner Jumio checks both. The next page is on jumio.ai.",
      "button Start now",
      "StaticText Continue only if this is your own account with Example Bank; otherwise you would be " +
      "verifying somebody else’s account with your document.",
      "StaticText You can also open this link on your phone.",
    ],
  );
});

Deno.test("each page works without a script", async (t) => {
  await using states = servePersonStates();
  await using browser = await startBrowser();
  const page = await browser.open();
  const plain = await browser.open({ javaScriptEnabled: false });

  for (const name of PERSON_PAGES) {
    await t.step(name, async () => {
      states.state = name;
      await page.goto(states.url(name));
      await plain.goto(states.link);
      const refreshes = await page.locator("[data-refresh]").count() > 0;
      const form = plain.locator("form");

      assert.equal(await plain.innerText("body"), await page.innerText("body"));
      states.state = "verified";
      states.answer();
      if (await form.count() > 0) {
        await form.getByRole("button").click();
        await plain.getByRole("heading", { name: "You are verified" }).waitFor();
      }
      if (refreshes) {
        states.state = name;
        await plain.goto(states.link);
        states.state = "verified";
        await plain.getByRole("link", { name: "Update now" }).click();
        await plain.getByRole("heading", { name: "You are verified" }).waitFor();
      }
    });
  }
});
