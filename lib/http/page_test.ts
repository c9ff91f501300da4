// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { html } from "./html.ts";
import { answerPage, createPolicy } from "./page.ts";

Deno.test("createPolicy() forbids everything by default", () => {
  assert.equal(
    createPolicy({}),
    "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  );
});

Deno.test("createPolicy() allows the named sources only", () => {
  const policy = createPolicy({
    style: ["'self'"],
    script: [],
    image: ["'self'"],
    connect: ["'self'"],
    form: ["'self'", "https://*.jumio.ai"],
  });

  assert.equal(
    policy,
    "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "form-action 'self' https://*.jumio.ai; base-uri 'none'; frame-ancestors 'none'",
  );
});

Deno.test("answerPage() names its inline style and script by their hashes", async () => {
  const style = "\np { color: red }\n";
  const script = 'if (1 < 2) console.log("&")';

  const response = await answerPage({ title: "A page", style, script, body: html`<p>text</p>` });

  const page = await response.text();
  const policy = response.headers.get("content-security-policy") ?? "";
  assert(page.includes(`<style>${style}</style>`));
  assert(page.includes(`<script>${script}</script>`));
  assert(policy.includes(`style-src 'sha256-${await hash(style)}'`));
  assert(policy.includes(`script-src 'sha256-${await hash(script)}'`));
  assert(policy.includes("form-action 'self'"));
});

Deno.test("answerPage() without a script allows none", async () => {
  const response = await answerPage({ title: "A page", body: html`<p>text</p>` });

  assert(!(response.headers.get("content-security-policy") ?? "").includes("script-src"));
  assert(!(await response.text()).includes("<script"));
});

Deno.test("answerPage() escapes the title and the language, and keeps the body and the head", async () => {
  const response = await answerPage({
    title: "<b> & more",
    lang: 'de"><b>',
    head: html`<link rel="icon" href="/icon.svg">`,
    body: html`<p>text</p>`,
  });

  const page = await response.text();
  assert(page.startsWith("<!doctype html>"));
  assert(page.includes("<title>&lt;b&gt; &amp; more</title>"));
  assert(page.includes('<html lang="de&quot;&gt;&lt;b&gt;" dir="ltr">'));
  assert(page.includes('<link rel="icon" href="/icon.svg">'));
  assert(page.includes("<p>text</p>"));
});

Deno.test("answerPage() sends the headers of every page, a status and more headers", async () => {
  const response = await answerPage({
    title: "A page",
    status: 404,
    body: html`<p>text</p>`,
    headers: { "vary": "cookie" },
  });

  const { headers } = response;
  assert.equal(response.status, 404);
  assert.equal(headers.get("vary"), "cookie");
  assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
  assert.equal(headers.get("referrer-policy"), "same-origin");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("x-robots-tag"), "noindex");
});

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toBase64();
}
