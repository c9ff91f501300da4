// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { appUrl } from "./_app_url.ts";

for (
  const [value, href] of [
    ["https://app.example.com", "https://app.example.com/"],
    ["https://app.example.com/account?tab=kyc#top", "https://app.example.com/account?tab=kyc#top"],
    ["mybank://verified", "mybank://verified"],
    ["com.example.bank://", "com.example.bank://"],
    ["http://127.0.0.1:3005", "http://127.0.0.1:3005/"],
    ["http://[::1]:3005/home", "http://[::1]:3005/home"],
  ] as const
) {
  Deno.test(`appUrl accepts ${value}`, () => {
    assert.equal(appUrl.parse(value), href);
  });
}

for (
  const value of [
    "http://app.example.com",
    "javascript:alert(1)",
    "javascript://app.example.com/%0aalert(1)",
    "JavaScript://%0aalert(1)",
    "java\nscript://%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data://text/html,x",
    "vbscript://x",
    "blob:https://app.example.com/1",
    "file:///etc/passwd",
    "intent://scan/#Intent;scheme=mybank;end",
    "ws://app.example.com",
    "mailto:help@example.com",
    "mybank:home",
    "mybank",
    "//app.example.com",
    "/account",
    "https://user:password@app.example.com",
    "mybank://user@home",
  ]
) {
  Deno.test(`appUrl refuses ${JSON.stringify(value)}`, () => {
    assert.equal(appUrl.safeParse(value).success, false);
  });
}
