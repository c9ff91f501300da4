// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { isSameSecret } from "./same_secret.ts";
import { createSecret } from "./secret.ts";

Deno.test("isSameSecret() accepts the secret and no other text", () => {
  const secret = createSecret("the-secret");

  const candidates = ["the-secret", "the-secreT", "the", "the-secret-and-more", ""];

  assert.deepEqual(candidates.filter((candidate) => isSameSecret(candidate, secret)), [
    "the-secret",
  ]);
});

Deno.test("isSameSecret() compares text outside of ASCII", () => {
  const secret = createSecret("Schlüssel");

  const same = ["Schlüssel", "Schluessel", "Schlussel"]
    .map((candidate) => isSameSecret(candidate, secret));

  assert.deepEqual(same, [true, false, false]);
});
