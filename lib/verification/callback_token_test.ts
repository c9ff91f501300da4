// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createCallbackToken, hashCallbackToken, isCallbackToken } from "./callback_token.ts";

Deno.test("createCallbackToken() creates a different token each time, and its hash", async () => {
  const first = await createCallbackToken();
  const second = await createCallbackToken();

  assert.notEqual(first.token, second.token);
  assert.equal(isCallbackToken(first.token), true);
  assert.equal(first.tokenHash, await hashCallbackToken(first.token));
  assert.notEqual(first.tokenHash, first.token);
});

Deno.test("isCallbackToken() refuses segments that are not 32 bytes in base64url", () => {
  const segments = [
    "",
    "abc",
    "a".repeat(42),
    "a".repeat(44),
    `${"a".repeat(42)}=`,
    "a".repeat(9e3),
  ];

  assert.deepEqual(segments.map(isCallbackToken), segments.map(() => false));
});
