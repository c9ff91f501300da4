// SPDX-License-Identifier: Apache-2.0
import { type DerivedKey, deriveKey } from "../crypto/derived_key.ts";
import type { Operator } from "../history/operator_action.ts";
import type { Secret } from "../crypto/secret.ts";
import { lazy } from "../lazy.ts";
import { signToken, verifyToken } from "../crypto/jwt.ts";
import { parseOperatorValue } from "./operator_value.ts";

/** How long a session lasts. Short, because another person may use a browser that was left open. */
export const SESSION_MS = 30 * 60_000;

/** The methods that change nothing, and so the only ones for a read-only secret. */
const READING_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** One of the values of `OPERATOR_SECRET`. */
export interface OperatorKey {
  /** The whole value, with its name and right: that is what a caller sends. */
  readonly secret: Secret;
  /** The one name under which the secret acts. Undefined: its callers give a name. */
  readonly name: string | undefined;
  readonly isReadOnly: boolean;
  /** Signs sessions at the operator's page. Its id names the secret in records. */
  readonly sessionKey: () => Promise<DerivedKey>;
}

/** An operator who has signed in at the page. */
export interface SignedInOperator extends Operator {
  readonly isReadOnly: boolean;
}

/** Derives a key from each value of the setting, in the same order. The values are valid. */
export function createOperatorKeys(values: readonly Secret[]): readonly OperatorKey[] {
  return values.map((secret) => {
    const parsed = parseOperatorValue(secret.reveal());
    if (!parsed.ok) throw new TypeError(`A value of OPERATOR_SECRET ${parsed.problem}`);
    const { name, isReadOnly } = parsed.value;
    // From the whole value: a session ends when its secret gets another name or right.
    const sessionKey = lazy(() => deriveKey(secret, { audience: "operator session" }));
    return { secret, name, isReadOnly, sessionKey };
  });
}

/**
 * Finds the key of a value that a caller sent. Compares with all values in constant time. Loads the
 * comparison with its first use: it needs `node:crypto`, which is a sixth of the service's start.
 */
export async function findOperatorKey(
  candidate: string,
  keys: readonly OperatorKey[],
): Promise<OperatorKey | undefined> {
  const { isSameSecret } = await import("../crypto/same_secret.ts");
  return keys.filter(({ secret }) => isSameSecret(candidate, secret)).at(0);
}

/** What stands for the secret in records. Derived from the secret, which it does not reveal. */
export async function readSecretId({ sessionKey }: OperatorKey): Promise<string> {
  return (await sessionKey()).kid;
}

/** Whether a key allows a request with this method: a read-only one allows only reading. */
export function allowsMethod(
  { isReadOnly }: Pick<OperatorKey, "isReadOnly">,
  method: string,
): boolean {
  return !isReadOnly || READING_METHODS.has(method);
}

/**
 * Decides under which name the holder of a key acts. A secret with a name acts under no other name,
 * and a secret without one acts under no name of another secret. So a name that has a secret stands
 * in a record only if that secret was used.
 *
 * @returns The name, undefined where none is known. `ok` is false for a name of somebody else.
 */
export function nameOperator(
  key: OperatorKey,
  { given, keys }: { given: string | undefined; keys: readonly OperatorKey[] },
): { ok: true; name: string | undefined } | { ok: false } {
  if (key.name !== undefined) {
    return given === undefined || given === key.name ? { ok: true, name: key.name } : { ok: false };
  }
  // As a reader sees it: full-width and capital letters are the same name.
  const read = given?.normalize("NFKC").toLowerCase();
  return keys.some(({ name }) => name !== undefined && name === read)
    ? { ok: false }
    : { ok: true, name: given };
}

/**
 * Creates the token of a session at the page: name, id of the secret, expiry. Not the secret
 * itself.
 */
export async function createSession(
  { name, key, now }: { name: string; key: OperatorKey; now: number },
): Promise<string> {
  return await signToken({ subject: name, expiresAt: now + SESSION_MS }, await key.sessionKey());
}

/**
 * Gives the operator of a session. Undefined if it is invalid, expired, of a retired secret, or of a
 * name that now belongs to another secret.
 */
export async function verifySession(
  token: string,
  { keys, now }: { keys: readonly OperatorKey[]; now: number },
): Promise<SignedInOperator | undefined> {
  const derived = await Promise.all(
    keys.map(async (key) => ({ key, session: await key.sessionKey() })),
  );
  const find = (kid: string) => derived.find(({ session }) => session.kid === kid);
  const verified = await verifyToken(token, { findKey: (kid) => find(kid)?.session.key, now });
  const found = verified.ok ? find(verified.value.kid) : undefined;
  if (!verified.ok || found === undefined) return undefined;
  const { key, session } = found;
  const named = nameOperator(key, { given: verified.value.subject, keys });
  if (!named.ok || named.name === undefined) return undefined;
  return { name: named.name, secretId: session.kid, isReadOnly: key.isReadOnly };
}
