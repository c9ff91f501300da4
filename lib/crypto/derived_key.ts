import { hkdfSync } from "node:crypto";
import { createHmacKey } from "./hmac.ts";
import type { Secret } from "./secret.ts";

const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;

/** A key for one purpose. The id does not reveal the secret. */
export interface DerivedKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/**
 * Derives a signing key with HKDF, so that no secret signs two kinds of things.
 *
 * Synchronous, unlike WebCrypto, so that the configuration is complete before anything is awaited.
 */
export function deriveKey(secret: Secret, purpose: string): DerivedKey {
  const derive = (info: string, bytes: number) =>
    new Uint8Array(hkdfSync("sha256", secret.reveal(), "", info, bytes));
  return {
    kid: derive(`${purpose} key id`, KEY_ID_BYTES).toHex(),
    key: createHmacKey(derive(`${purpose} key`, KEY_BYTES), ["sign", "verify"]),
  };
}
