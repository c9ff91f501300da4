// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { deriveKey, type KeyUse } from "./derived_key.ts";
import { createSecret } from "./secret.ts";

const UTF8 = new TextEncoder();
const SECRET = createSecret("0123456789abcdef0123456789abcdef");
const USE = { audience: "link", issuer: "https://kyc.example.com" };
const DATA = UTF8.encode("data");

/** What WebCrypto derives from the same secret and issuer. */
async function deriveByWebCrypto(info: string, bits: number): Promise<Uint8Array<ArrayBuffer>> {
  const base = await crypto.subtle.importKey("raw", UTF8.encode(SECRET.reveal()), "HKDF", false, [
    "deriveBits",
  ]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: UTF8.encode(USE.issuer) };
  return new Uint8Array(
    await crypto.subtle.deriveBits({ ...algorithm, info: UTF8.encode(info) }, base, bits),
  );
}

Deno.test("deriveKey() is HKDF-SHA256 as WebCrypto does it", async () => {
  const bytes = await deriveByWebCrypto("link key", 256);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const expected = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);

  const { kid, key } = deriveKey(SECRET, USE);

  assert.equal(kid, (await deriveByWebCrypto("link key id", 32)).toHex());
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
    const { kid, key } = deriveKey(SECRET, USE);

    const other = deriveKey(createSecret(secret), use);

    assert.notEqual(other.kid, kid);
    const signature = await crypto.subtle.sign("HMAC", other.key, DATA);
    assert.equal(await crypto.subtle.verify("HMAC", key, signature, DATA), false);
  });
}

Deno.test("deriveKey() gives a key that cannot be exported, also for a very long issuer", () => {
  const issuer = `https://kyc.example.com/${"x".repeat(4_000)}`;

  assert(!deriveKey(SECRET, { ...USE, issuer }).key.extractable);
});
