// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { type Page, renderPage } from "./_layout.ts";

const PAGE: Page = {
  status: 200,
  lang: "en",
  direction: "ltr",
  name: "ready",
  tone: "act",
  heading: "Bank",
  title: "Title",
  paragraphs: ["Text"],
};
const REFRESH = { href: "https://kyc.example.com/x", seconds: 3, note: "Note", label: "Now" };
const HOSTILE = `"><script>alert('x')</script>&`;

Deno.test("renderPage() escapes every text", async () => {
  const response = await renderPage({
    ...PAGE,
    lang: HOSTILE,
    name: HOSTILE,
    heading: HOSTILE,
    title: HOSTILE,
    paragraphs: [HOSTILE],
    caution: HOSTILE,
    action: {
      kind: "form",
      href: HOSTILE,
      label: HOSTILE,
      fields: { token: HOSTILE },
      pressedLabel: HOSTILE,
    },
    steps: [HOSTILE],
    otherDevice: HOSTILE,
    back: { href: HOSTILE, label: HOSTILE },
    footer: [{ href: HOSTILE, label: HOSTILE }],
  });

  const html = await response.text();
  assert.equal(html.split("<script").length, 2); // our own
  assert(!html.includes(`"">`));
});

Deno.test("renderPage() allows only its inline style and script, by their hashes", async () => {
  const response = await renderPage({ ...PAGE, refresh: REFRESH });

  const html = await response.text();
  const policy = response.headers.get("content-security-policy") ?? "";
  for (const [element, directive] of [["style", "style-src"], ["script", "script-src"]]) {
    const [, content = ""] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(html) ?? [];
    const hash = createHash("sha256").update(content).digest("base64");
    assert(policy.includes(`${directive} 'sha256-${hash}'`), directive);
  }
  assert(policy.startsWith("default-src 'none'"));
  assert(!/unsafe|\*|data:/.test(policy));
});

Deno.test("renderPage() has no script on a page that neither refreshes itself nor has a form", async () => {
  const response = await renderPage(PAGE);

  assert(!(await response.text()).includes("<script"));
  assert(!response.headers.get("content-security-policy")?.includes("script-src"));
});

Deno.test("renderPage() announces only the progress to screen readers", async () => {
  const html = await (await renderPage({ ...PAGE, caution: "Caution" })).text();

  const [, live = ""] = /<div id="state" role="status">([^]*?)<\/div>/.exec(html) ?? [];
  assert.match(live, /<h1>Title<\/h1>/);
  assert(!live.includes("Caution"));
});
