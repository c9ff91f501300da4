// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "acorn";
import { full } from "acorn-walk";
import type { Page } from "playwright-core";
import { SCRIPT } from "../../routes/person/script.ts";
import { startBrowser, type TestBrowser } from "./browser.ts";
import { press, waitForTitle } from "./person_page.ts";
import { type PersonStates, servePersonStates } from "./person_states.ts";

/** All that the script uses of a browser. Safari 13 and Chrome 80 have each of them. */
const KNOWN = [
  ...["DOMParser", "Math", "Number", "addEventListener", "document", "fetch", "location"],
  ...["setTimeout", "activeElement", "appendChild", "contains", "dataset", "firstChild", "focus"],
  ...["getElementById", "hidden", "min", "parseFromString", "preventDefault", "querySelector"],
  ...["querySelectorAll", "removeAttribute", "removeChild", "replace", "setAttribute", "status"],
  ...["tabIndex", "target", "text", "textContent", "title"],
  // Keys of `dataset`.
  ...["name", "pressed", "refresh", "seconds"],
];

/** The version of the language in Safari 13. */
const LANGUAGE_VERSION = 2019;

Deno.test("the person's script uses only what iOS 13 and Chrome 80 know", () => {
  const program = parse(SCRIPT, { ecmaVersion: LANGUAGE_VERSION });

  const declared = new Set<string>();
  const used = new Set<string>();
  const quiet = new Set<unknown>();
  full(program, (node) => {
    // deno-lint-ignore no-explicit-any -- each kind of node has other properties
    const { type, id, key, param, params = [], property, computed, name } = node as any;
    assert(!computed, "A computed property cannot be checked");
    for (const { name } of [id, param, ...params].filter((part) => part)) declared.add(name);
    if (type === "Property") quiet.add(key);
    if (type === "MemberExpression") used.add(property.name);
    if (type === "Identifier" && !quiet.has(node)) used.add(name);
  });

  const unknown = [...used].filter((name) => !declared.has(name) && !KNOWN.includes(name));
  assert.deepEqual(unknown.sort(), []);
});

/** What came after iOS 13 or Chrome 80, as far as such a script could want it. */
const NEWER = [
  ...["Element.prototype.replaceChildren", "Element.prototype.checkVisibility", "Object.hasOwn"],
  ...["String.prototype.replaceAll", "String.prototype.at", "Array.prototype.at", "Promise.any"],
  ...["Array.prototype.findLast", "Document.prototype.startViewTransition", "structuredClone"],
  ...["AbortSignal.timeout", "AbortSignal.any", "CSS.highlights", "WeakRef", "navigation"],
  ...["Document.parseHTMLUnsafe", "Element.prototype.setHTMLUnsafe", "scheduler", "URL.parse"],
  ...["HTMLFormElement.prototype.requestSubmit", "SubmitEvent.prototype.submitter", "cookieStore"],
];

async function openWithout(
  names: readonly string[],
  { browser }: { browser: TestBrowser },
): Promise<Page> {
  const page = await browser.open();
  await page.addInitScript(`for (const path of ${JSON.stringify(names)}) {
    const parts = path.split(".");
    const owner = parts.slice(0, -1).reduce((object, part) => object && object[part], globalThis);
    if (owner) Object.defineProperty(owner, parts[parts.length - 1], { value: undefined });
  }`);
  return page;
}

/** Within the page: Playwright itself waits until the answer to a press is there. */
const READ_BUTTON = `(() => {
  const form = document.querySelector("form");
  const { textContent: label } = form.querySelector("button");
  const disabled = form.querySelector("button").getAttribute("aria-disabled");
  return { label, disabled, announced: form.querySelector("[role=status]").textContent };
})()`;

const PRESS = `document.querySelector("form button").click(); ${READ_BUTTON}`;

/** The press stays without an answer. Playwright would wait for a real one. */
const SEND_NOTHING = `addEventListener("submit", (event) => event.preventDefault())`;

const IN_PROGRESS = "Your verification is under way · Example Bank";

interface Scene {
  readonly states: PersonStates;
  readonly browser: TestBrowser;
}

const SCENARIOS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  async "a press shows at once that something happens, and a second one sends nothing"(
    { states, browser },
  ) {
    const page = await browser.open();
    await page.goto(states.link);

    states.state = "verified";
    const pressed = await page.evaluate(`${PRESS}; ${PRESS}`);
    states.answer();

    assert.deepEqual(pressed, { label: "One moment…", disabled: "true", announced: "One moment…" });
    await waitForTitle(page, "You are verified");
    assert.equal(states.presses, 1);
  },

  async "a person who comes back to the page can press again"({ states, browser }) {
    const page = await browser.open();
    await page.goto(states.link);
    states.answer();
    states.state = "later";
    await press(page);
    await waitForTitle(page, "Please try again in a minute");
    states.state = "ready";

    await page.goBack();
    await waitForTitle(page, "Verify your identity");
    await press(page);

    await waitForTitle(page, "Verify your identity");
    assert.equal(states.presses, 2);
  },

  async "a press that nothing answers can be repeated after a while"({ states, browser }) {
    const page = await browser.open();
    await page.clock.install();
    await page.goto(states.link);
    await page.evaluate(`${SEND_NOTHING}; ${PRESS}`);

    await page.clock.runFor(15_000);

    const button = await page.evaluate(READ_BUTTON);
    assert.deepEqual(button, { label: "Start now", disabled: null, announced: "" });
  },

  async "a page that waits is not replaced after a press"({ states, browser }) {
    states.state = "in_progress";
    const page = await browser.open();
    await page.clock.install();
    await page.goto(states.link);
    await page.evaluate(`${SEND_NOTHING}; ${PRESS}`);
    states.state = "verified";

    await page.clock.runFor(10_000);

    assert.equal(await page.evaluate("document.title"), IN_PROGRESS);
  },

  async "the focus stays on a control that the next step has too"({ states, browser }) {
    states.state = "preparing";
    const page = await browser.open();
    await page.goto(states.link);
    await page.getByRole("link", { name: "Update now" }).focus();

    states.state = "checking";
    await waitForTitle(page, "We are checking your details");

    assert.equal(await page.evaluate("document.activeElement.textContent"), "Update now");
  },

  async "the focus moves to the title if the control is gone, and from there to the next one"(
    { states, browser },
  ) {
    states.state = "in_progress";
    const page = await browser.open();
    await page.goto(states.link);
    await page.getByRole("button", { name: "Continue" }).focus();

    states.state = "rejected";
    await waitForTitle(page, "We could not verify your identity");

    const focused = "document.activeElement.textContent";
    assert.equal(await page.evaluate(focused), "We could not verify your identity");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(focused), "Contact support");
  },

  async "the focus does not move if it was elsewhere"({ states, browser }) {
    states.state = "preparing";
    const page = await browser.open();
    await page.goto(states.link);
    await page.getByRole("link", { name: "Privacy notice" }).focus();

    states.state = "verified";
    await waitForTitle(page, "You are verified");

    assert.equal(await page.evaluate("document.activeElement.textContent"), "Privacy notice");
  },

  async "a browser without newer functions renews the page in place"({ states, browser }) {
    states.state = "preparing";
    const page = await openWithout(NEWER, { browser });
    await page.goto(states.link);
    await page.evaluate("document.getElementById('state').dataset.mark = 'same'");

    states.state = "verified";
    await waitForTitle(page, "You are verified");

    assert.equal(await page.getAttribute("#state", "data-mark"), "same");
  },

  async "a browser that lacks something else loads the whole page again"({ states, browser }) {
    states.state = "preparing";
    const page = await openWithout(["DOMParser.prototype.parseFromString"], { browser });
    await page.goto(states.link);
    await page.evaluate("document.getElementById('state').dataset.mark = 'same'");

    states.state = "verified";
    await waitForTitle(page, "You are verified");

    assert.equal(await page.getAttribute("#state", "data-mark"), null);
    assert.equal(page.url(), states.link);
  },
};

Deno.test("the script of the person's page", async (t) => {
  await using browser = await startBrowser();

  for (const [name, run] of Object.entries(SCENARIOS)) {
    await t.step(name, async () => {
      await using states = servePersonStates();
      await run({ states, browser });
    });
  }
});
