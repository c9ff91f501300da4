// SPDX-License-Identifier: Apache-2.0
import { hkdfSync } from "node:crypto";
import { createHmacKey } from "./hmac.ts";
import type { Secret } from "./secret.ts";

const KEY_BYTES = 32;

/** Enough to tell a few secrets apart, and short, because each token contains the id. */
const KEY_ID_BYTES = 4;

/**
 * What a key signs. Both parts go into the derivation of the key, so a token needs no `aud` and no
 * `iss`: a token of another audience or issuer was signed by another key.
 */
export interface KeyUse {
  /** The kind of token. */
  readonly audience: string;
  /** The address of the service, where several services may have the same secret. */
  readonly issuer?: string;
}

/** A key for one use. The id does not reveal the secret. */
export interface DerivedKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/**
 * Derives a signing key with HKDF, so that no key signs two kinds of things.
 *
 * The issuer is the salt, because only the salt may have any length. Synchronous, unlike WebCrypto,
 * so that the configuration is complete before anything is awaited.
 */
export function deriveKey(secret: Secret, { audience, issuer = "" }: KeyUse): DerivedKey {
  const derive = (info: string, bytes: number) =>
    new Uint8Array(hkdfSync("sha256", secret.reveal(), issuer, info, bytes));
  return {
    kid: derive(`${audience} key id`, KEY_ID_BYTES).toHex(),
    key: createHmacKey(derive(`${audience} key`, KEY_BYTES), ["sign", "verify"]),
  };
}
