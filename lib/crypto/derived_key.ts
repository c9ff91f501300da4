import type { Secret } from "./secret.ts";

/** A key for one purpose, and an id that tells nothing of the secret behind it. */
export interface DerivedKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** Derives a signing key, so that no secret signs two kinds of things. */
export async function deriveKey(secret: Secret, purpose: string): Promise<DerivedKey> {
  const bytes = new TextEncoder().encode(secret.reveal());
  const base = await crypto.subtle.importKey("raw", bytes, "HKDF", false, [
    "deriveKey",
    "deriveBits",
  ]);
  const derivation = (info: string) => ({
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: new TextEncoder().encode(info),
  });
  const algorithm = { name: "HMAC", hash: "SHA-256", length: 256 };
  const parameters = derivation(`${purpose} key`);
  const key = await crypto.subtle.deriveKey(parameters, base, algorithm, false, [
    "sign",
    "verify",
  ]);
  const id = derivation(`${purpose} key id`);
  const kid = new Uint8Array(await crypto.subtle.deriveBits(id, base, 64));
  return { kid: kid.toHex(), key };
}
