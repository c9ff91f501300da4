// SPDX-License-Identifier: Apache-2.0
import type { Secret } from "./secret.ts";

const UTF8 = new TextEncoder();

/** Enough to tell a few secrets apart, and short, because each token contains the id. */
const KEY_ID_BITS = 32;

/** As long as the hash of the signatures. */
const HMAC_KEY = { name: "HMAC", hash: "SHA-256", length: 256 };

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

/** A key for one use, which cannot be exported. The id does not reveal the secret. */
export interface DerivedKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/**
 * Derives a signing key with HKDF-SHA256, so that no key signs two kinds of things.
 *
 * The issuer is the salt, because only the salt may have any length.
 */
export async function deriveKey(
  secret: Secret,
  { audience, issuer = "" }: KeyUse,
): Promise<DerivedKey> {
  const base = await crypto.subtle.importKey("raw", UTF8.encode(secret.reveal()), "HKDF", false, [
    "deriveBits",
    "deriveKey",
  ]);
  const derivationOf = (info: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: UTF8.encode(issuer),
    info: UTF8.encode(info),
  });
  const [id, key] = await Promise.all([
    crypto.subtle.deriveBits(derivationOf(`${audience} key id`), base, KEY_ID_BITS),
    crypto.subtle.deriveKey(derivationOf(`${audience} key`), base, HMAC_KEY, false, [
      "sign",
      "verify",
    ]),
  ]);
  return { kid: new Uint8Array(id).toHex(), key };
}
