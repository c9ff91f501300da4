// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { hkdfSync } from "node:crypto";
import { deriveKey, type KeyUse } from "./derived_key.ts";
import { createSecret } from "./secret.ts";

const UTF8 = new TextEncoder();
const SECRET = createSecret("0123456789abcdef0123456789abcdef");
const USE = { audience: "link", issuer: "https://kyc.example.com" };
const DATA = UTF8.encode("data");

/** What Node's own HKDF derives from the same secret and issuer. */
function deriveByNode(info: string, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync("sha256", SECRET.reveal(), USE.issuer, info, length));
}

Deno.test("deriveKey() is HKDF-SHA256 as Node does it", async () => {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = deriveByNode("link key", 32);
  const expected = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);

  const { kid, key } = await deriveKey(SECRET, USE);

  assert.equal(kid, deriveByNode("link key id", 4).toHex());
  const signature = await crypto.subtle.sign("HMAC", expected, DATA);
  assert(await crypto.subtle.verify("HMAC", key, signature, DATA));
});

const OTHERS: Readonly<Record<string, { secret?: string; use?: KeyUse }>> = {
  "another audience": { use: { ...USE, audience: "visit" } },
  "another issuer": { use: { ...USE, issuer: "https://other.example.com" } },
  "an issuer with one more path": { use: { ...USE, issuer: `${USE.issuer}/kyc` } },
  "no issuer": { use: { audience: USE.audience } },
  "another secret": { secret: "another secret of 32 characters!" },
};

for (const [name, { secret = SECRET.reveal(), use = USE }] of Object.entries(OTHERS)) {
  Deno.test(`deriveKey() gives ${name} a key and an id of its own`, async () => {
    const { kid, key } = await deriveKey(SECRET, USE);

    const other = await deriveKey(createSecret(secret), use);

    assert.notEqual(other.kid, kid);
    const signature = await crypto.subtle.sign("HMAC", other.key, DATA);
    assert.equal(await crypto.subtle.verify("HMAC", key, signature, DATA), false);
  });
}

Deno.test("deriveKey() gives a key that cannot be exported, also for a very long issuer", async () => {
  const issuer = `https://kyc.example.com/${"x".repeat(4_000)}`;

  const { key } = await deriveKey(SECRET, { ...USE, issuer });

  assert(!key.extractable);
});
