// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { escapeHtml, html, type HtmlPart, renderHtml, trustedHtml } from "./html.ts";

const HOSTILE = `<img src=x onerror='alert("1")'>&`;
const HARMLESS = "&lt;img src=x onerror=&#39;alert(&quot;1&quot;)&#39;&gt;&amp;";

Deno.test("escapeHtml() escapes every character that ends text or an attribute", () => {
  assert.equal(escapeHtml(HOSTILE), HARMLESS);
});

Deno.test("html escapes a value in an element and in either kind of attribute", () => {
  const page = html`<p title="${HOSTILE}" lang='${HOSTILE}'>${HOSTILE}</p>`;

  assert.equal(renderHtml(page), `<p title="${HARMLESS}" lang='${HARMLESS}'>${HARMLESS}</p>`);
});

Deno.test("html keeps nested templates and lists as they are, and escapes once", () => {
  const items = ["a & b", "<c>"].map((text) => html`<li>${text}</li>`);

  const list = html`<ul>${items}</ul>`;

  assert.equal(renderHtml(list), "<ul><li>a &amp; b</li><li>&lt;c&gt;</li></ul>");
});

Deno.test("html escapes text in a list", () => {
  assert.equal(renderHtml(html`${["<", ["&"], html`<b>`]}`), "&lt;&amp;<b>");
});

Deno.test("html renders numbers, and nothing for what is missing", () => {
  const parts: HtmlPart[] = [0, 1.5, undefined, null, false, ""];

  assert.equal(renderHtml(html`[${parts}]`), "[01.5]");
});

Deno.test("html does not take an object from outside for markup", () => {
  // What a parser could hand on against its type.
  const forged = JSON.parse('{"markup":"<script>","Symbol(markup)":"<script>"}') as HtmlPart;

  assert(!renderHtml(html`${forged}`).includes("<script>"));
});

Deno.test("trustedHtml() is not escaped", () => {
  assert.equal(renderHtml(html`${trustedHtml("<hr>")}`), "<hr>");
});
