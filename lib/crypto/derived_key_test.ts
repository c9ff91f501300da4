import assert from "node:assert/strict";
import { deriveKey } from "./derived_key.ts";
import { createSecret } from "./secret.ts";

const SECRET = createSecret("0123456789abcdef0123456789abcdef");

/** What WebCrypto derives from the same secret. */
async function deriveByWebCrypto(info: string, bits: number): Promise<Uint8Array<ArrayBuffer>> {
  const UTF8 = new TextEncoder();
  const base = await crypto.subtle.importKey("raw", UTF8.encode(SECRET.reveal()), "HKDF", false, [
    "deriveBits",
  ]);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array() };
  return new Uint8Array(
    await crypto.subtle.deriveBits({ ...algorithm, info: UTF8.encode(info) }, base, bits),
  );
}

Deno.test("deriveKey() is HKDF-SHA256 as WebCrypto does it", async () => {
  const data = new TextEncoder().encode("data");
  const bytes = await deriveByWebCrypto("link key", 256);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const expected = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign"]);

  const { kid, key } = deriveKey(SECRET, "link");

  assert.equal(kid, (await deriveByWebCrypto("link key id", 64)).toHex());
  const signature = await crypto.subtle.sign("HMAC", expected, data);
  assert(await crypto.subtle.verify("HMAC", key, signature, data));
});

Deno.test("deriveKey() gives each purpose its own key and id", () => {
  const link = deriveKey(SECRET, "link");
  const session = deriveKey(SECRET, "operator session");

  assert.notEqual(link.kid, session.kid);
  assert(!link.key.extractable);
});
