import assert from "node:assert/strict";
import { markup } from "./markup.ts";

Deno.test("markup escapes what it is given, and markup of its own not twice", () => {
  const evil = `<script>alert("1" & '2')</script>`;
  const escaped = "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;";

  assert.equal(
    markup`<p title="${evil}">${markup`<b>${evil}</b>`}</p>`.text,
    [
      `<p title="${escaped}">`,
      `<b>${escaped}</b></p>`,
    ].join(""),
  );
});

Deno.test("markup joins lists and leaves out nothing", () => {
  assert.equal(markup`${["a", markup`<i></i>`, 1]}${undefined}${false}.`.text, "a<i></i>1.");
});
