import { deriveKey } from "../crypto/derived_key.ts";
import type { Operator } from "../history/operator_action.ts";
import type { Secret } from "../crypto/secret.ts";
import { signToken, verifyToken } from "../crypto/jwt.ts";

/** How long a session lasts. Short, because another person may use a browser that was left open. */
export const SESSION_MS = 30 * 60_000;

/** One of the values of `OPERATOR_SECRET`. */
export interface OperatorKey {
  /** Names the secret in records. Derived from the secret, which it does not reveal. */
  readonly id: string;
  readonly secret: Secret;
  /** Signs sessions at the operator's page. */
  readonly sessionKey: CryptoKey;
}

/** Derives a key from each secret, in the same order. */
export function createOperatorKeys(secrets: readonly Secret[]): readonly OperatorKey[] {
  return secrets.map((secret) => {
    const { kid, key } = deriveKey(secret, { audience: "operator session" });
    return { id: kid, secret, sessionKey: key };
  });
}

/** Finds the key of a secret that a caller sent. Compares with all secrets in constant time. */
export function findOperatorKey(
  candidate: string,
  keys: readonly OperatorKey[],
): OperatorKey | undefined {
  return keys.filter(({ secret }) => secret.matches(candidate)).at(0);
}

/**
 * Creates the token of a session at the page: name, id of the secret, expiry. Not the secret
 * itself.
 */
export async function createSession(
  { name, key, now }: { name: string; key: OperatorKey; now: number },
): Promise<string> {
  const claims = { subject: name, expiresAt: now + SESSION_MS };
  return await signToken(claims, { kid: key.id, key: key.sessionKey });
}

/** Gives the operator of a session. Undefined if it is invalid, expired, or of a retired secret. */
export async function verifySession(
  token: string,
  { keys, now }: { keys: readonly OperatorKey[]; now: number },
): Promise<Operator | undefined> {
  const verified = await verifyToken(token, {
    findKey: (kid) => keys.find(({ id }) => id === kid)?.sessionKey,
    now,
  });
  if (!verified.ok) return undefined;
  return { name: verified.value.subject, secretId: verified.value.kid };
}
