// SPDX-License-Identifier: Apache-2.0
/** The row of the token of one create call. Its key holds the token's hash, never the token. */
export interface CallbackToken {
  readonly v: 1;
  readonly identityId: string;
  /** Null until Jumio has answered the create call. */
  readonly workflowExecutionId: string | null;
  readonly expiresAt: number;
  /** The span of the start, as `traceparent`. Only while traces are collected. */
  readonly trace?: string;
}

/** How long a token opens its execution. Longer than any of Jumio's links works. */
export const TOKEN_LIFETIME_MS = 90 * 86_400_000;

/** 32 random bytes in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export function callbackTokenKey(tokenHash: string): Deno.KvKey {
  return ["callback_token", tokenHash];
}

/** Creates the token of one create call, and the hash that is stored. */
export async function createCallbackToken(): Promise<{ token: string; tokenHash: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const token = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  return { token, tokenHash: await hashCallbackToken(token) };
}

/**
 * The SHA-256 by which a token is looked up. A look-up by hash needs no comparison in constant time:
 * nobody can find a token whose hash is close to that of another.
 *
 * WebCrypto hashes in another thread. To go there takes 40 µs, of the 1,000 of a whole callback.
 */
export async function hashCallbackToken(token: string): Promise<string> {
  const { hash } = await import("node:crypto");
  return hash("sha256", token, "hex");
}

/** Whether a path segment has the form of a token. Saves a KV read for one that does not. */
export function isCallbackToken(segment: string): boolean {
  return TOKEN.test(segment);
}
