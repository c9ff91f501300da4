// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { html, viewForm } from "./views.ts";

Deno.test("html`` escapes texts, and leaves out what is missing", () => {
  const values = [`<b>"&'`, false, null, undefined, 0];

  assert.equal(
    html`${values}|${html`<i>${"<"}</i>`}`.text,
    "&#60;b&#62;&#34;&#38;&#39;0|<i>&#60;</i>",
  );
});

function createNode(
  attributes: { name: string; type: string },
  rest: Record<string, unknown> = {},
) {
  return { group: "default", attributes, messages: [], meta: {}, ...rest };
}

Deno.test("viewForm() shows a form of Ory with its CSRF token and its messages", () => {
  const { text } = viewForm({
    action: "http://ory.example.com/self-service/login?flow=1",
    messages: [{ type: "error", text: "Continue at https://kyc.example.com/?token=1 please" }],
    nodes: [
      createNode({ name: "csrf_token", type: "hidden" }),
      createNode({ name: "password", type: "password" }, {
        messages: [{ type: "error", text: "Too <short>" }],
      }),
      createNode({ name: "provider", type: "submit" }, { group: "oidc" }),
    ],
  });

  assert.match(text, /<form method="post" action="http:\/\/ory\.example\.com\/[^"]*flow=1">/);
  assert.match(text, /<input type="hidden" name="csrf_token"/);
  assert.match(text, /Too &#60;short&#62;/);
  assert.match(text, /Continue at <a href="https:\/\/kyc\.example\.com\/\?token=1"/);
  assert(!text.includes("provider"), "an input that the example cannot handle is shown");
});
