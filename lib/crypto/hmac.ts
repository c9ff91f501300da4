// SPDX-License-Identifier: Apache-2.0
import { createSecretKey } from "node:crypto";

/** 64 hexadecimal digits in either case. `sha256=` may stand before them. */
const SIGNATURE = /^(?:sha256=)?([0-9a-f]{64})$/i;

/** Creates a key for HMAC-SHA256 that cannot be exported. */
export function createHmacKey(
  bytes: Uint8Array,
  usages: readonly ("sign" | "verify")[],
): CryptoKey {
  return createSecretKey(bytes).toCryptoKey({ name: "HMAC", hash: "SHA-256" }, false, [...usages]);
}

/** Creates the key that verifies signatures made with a callback secret. */
export function importSignatureKey(secret: string): CryptoKey {
  return createHmacKey(new TextEncoder().encode(secret), ["verify"]);
}

/**
 * Verifies `X-Jumio-Signature`, the hexadecimal HMAC-SHA256 of the raw body, with each key that is
 * valid during a rotation. WebCrypto compares in constant time.
 */
export async function verifySignature(
  signature: string,
  { body, keys }: { body: Uint8Array<ArrayBuffer>; keys: readonly CryptoKey[] },
): Promise<boolean> {
  const hex = SIGNATURE.exec(signature.trim())?.[1];
  if (hex === undefined) return false;
  const mac = Uint8Array.fromHex(hex);
  let isVerified = false;
  for (const key of keys) {
    isVerified = await crypto.subtle.verify("HMAC", key, mac, body) || isVerified;
  }
  return isVerified;
}
