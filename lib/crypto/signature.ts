import { createHmacKey } from "./derived_key.ts";
import type { Sources } from "../http/client_address.ts";
import { sourceAddress } from "../http/client_address.ts";

/** Why a callback is not Jumio's, as far as we can tell. */
export type CallbackRefusal =
  | "callback_signature"
  | "callback_token"
  | "callback_unauthenticated"
  | "callback_source"
  | "callback_other_execution";

/** `sha256=` may stand before the 64 hexadecimal digits, which come in either case. */
const SIGNATURE = /^(?:sha256=)?([0-9a-f]{64})$/i;

/** 32 random bytes in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Verifies `X-Jumio-Signature`, the hexadecimal HMAC-SHA256 of the raw body, by each secret that is
 * valid during a rotation. WebCrypto compares in constant time.
 */
export async function verifySignature(
  signature: string,
  { body, keys }: { body: Uint8Array<ArrayBuffer>; keys: readonly CryptoKey[] },
): Promise<boolean> {
  const hex = SIGNATURE.exec(signature.trim())?.[1];
  if (hex === undefined) return false;
  const mac = Uint8Array.fromHex(hex);
  let verified = false;
  for (const key of keys) {
    verified = await crypto.subtle.verify("HMAC", key, mac, body) || verified;
  }
  return verified;
}

/** Imports a callback secret, so that only a key that cannot be read remains in memory. */
export function importSignatureKey(secret: string): CryptoKey {
  return createHmacKey(new TextEncoder().encode(secret), ["verify"]);
}

/** Makes the token of one create attempt, and the hash that is all we keep of it. */
export async function createCallbackToken(): Promise<{ token: string; tokenHash: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const token = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  return { token, tokenHash: await hashCallbackToken(token) };
}

/**
 * The hash by which a token is looked up. A look-up by hash needs no constant-time comparison:
 * who can choose the hash that he probes knows the token.
 */
export async function hashCallbackToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return new Uint8Array(digest).toHex();
}

/** Whether a path segment can be a token at all. Saves a KV read for what cannot. */
export function isCallbackToken(segment: string): boolean {
  return TOKEN.test(segment);
}

/** Whether the request came from an allowed address. An allowlist narrows, it proves nothing. */
export function isAllowedSource(
  headers: Headers,
  { peer, sources, trustedProxyHops }: {
    peer: string;
    sources: Sources | undefined;
    trustedProxyHops: number;
  },
): boolean {
  if (sources === undefined) return true;
  const address = sourceAddress(headers, { peer, trustedProxyHops });
  return address !== undefined && sources.includes(address);
}
