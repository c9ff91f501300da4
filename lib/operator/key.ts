import { deriveKey } from "../crypto/derived_key.ts";
import type { Operator } from "../history/operator_action.ts";
import type { Secret } from "../crypto/secret.ts";
import { signToken, verifyToken } from "../crypto/jwt.ts";

/** Keeps a sign-in at the operator's page apart from any other token. */
const AUDIENCE = "operator-page";

/** How long a sign-in lasts: a browser that somebody has left open is no way in for long. */
export const SESSION_MS = 30 * 60_000;

/** Enough of a derived id to tell a handful of secrets apart. */
const ID_LENGTH = 8;

/** One of the values of `OPERATOR_SECRET`. */
export interface OperatorKey {
  /** Names the secret in records. It is derived, and leads back to nothing. */
  readonly id: string;
  /** What a caller sends. */
  readonly secret: Secret;
  /** Signs sign-ins at the page. */
  readonly sessionKey: CryptoKey;
}

/** Prepares secrets, newest first. */
export function createOperatorKeys(secrets: readonly Secret[]): readonly OperatorKey[] {
  return secrets.map((secret) => {
    const { kid, key } = deriveKey(secret, "operator session");
    return { id: kid.slice(0, ID_LENGTH), secret, sessionKey: key };
  });
}

/** The key that a secret is, compared with all in constant time. */
export function findOperatorKey(
  candidate: string,
  keys: readonly OperatorKey[],
): OperatorKey | undefined {
  return keys.filter(({ secret }) => secret.matches(candidate)).at(0);
}

/** A sign-in at the page: who, by which secret, until when. The secret itself is not in it. */
export async function createSession(
  { name, key, now }: { name: string; key: OperatorKey; now: number },
): Promise<string> {
  return await signToken({
    subject: name,
    audience: AUDIENCE,
    issuedAt: now,
    expiresAt: now + SESSION_MS,
  }, { kid: key.id, key: key.sessionKey });
}

/** Who has signed in. Undefined for a token that is wrong, over, or of a secret that was retired. */
export async function verifySession(
  token: string,
  { keys, now }: { keys: readonly OperatorKey[]; now: number },
): Promise<Operator | undefined> {
  const verified = await verifyToken(token, {
    findKey: (kid) => keys.find(({ id }) => id === kid)?.sessionKey,
    audience: AUDIENCE,
    now,
  });
  if (!verified.ok) return undefined;
  return { name: verified.value.subject, secretId: verified.value.kid };
}
