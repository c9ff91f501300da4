/** 32 random bytes in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Creates the token of one callback URL, and its hash. Only the hash is stored. */
export async function createCallbackToken(): Promise<{ token: string; tokenHash: string }> {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const token = bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  return { token, tokenHash: await hashCallbackToken(token) };
}

/**
 * The hash by which a token is looked up. The look-up needs no constant-time comparison: its timing
 * could only tell something about hashes, and a sender cannot choose the hash of an unknown token.
 */
export async function hashCallbackToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return new Uint8Array(digest).toHex();
}

/** Whether a path segment has the form of a token. Saves a KV read for any other segment. */
export function isCallbackToken(segment: string): boolean {
  return TOKEN.test(segment);
}
