// SPDX-License-Identifier: Apache-2.0
import { lazy } from "../lazy.ts";

/** 64 hexadecimal digits in either case. `sha256=` may stand before them. */
const SIGNATURE = /^(?:sha256=)?([0-9a-f]{64})$/i;

/**
 * A key for HMAC-SHA256 that cannot be exported. WebCrypto imports it with the first use, because the
 * configuration must be complete before anything is awaited.
 */
export type HmacKey = () => Promise<CryptoKey>;

/** Creates a key of these bytes, at least one. */
export function createHmacKey(
  bytes: Uint8Array<ArrayBuffer>,
  usages: ("sign" | "verify")[],
): HmacKey {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return lazy(() => crypto.subtle.importKey("raw", bytes, algorithm, false, usages));
}

/** Creates the key that verifies signatures made with a callback secret. */
export function importSignatureKey(secret: string): HmacKey {
  return createHmacKey(new TextEncoder().encode(secret), ["verify"]);
}

/**
 * Verifies `X-Jumio-Signature`, the hexadecimal HMAC-SHA256 of the raw body, with each key that is
 * valid during a rotation. WebCrypto compares in constant time.
 */
export async function verifySignature(
  signature: string,
  { body, keys }: { body: Uint8Array<ArrayBuffer>; keys: readonly HmacKey[] },
): Promise<boolean> {
  const hex = SIGNATURE.exec(signature.trim())?.[1];
  if (hex === undefined) return false;
  const mac = Uint8Array.fromHex(hex);
  let isVerified = false;
  for (const key of keys) {
    isVerified = await crypto.subtle.verify("HMAC", await key(), mac, body) || isVerified;
  }
  return isVerified;
}
