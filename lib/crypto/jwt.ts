// SPDX-License-Identifier: Apache-2.0
import type { DerivedKey } from "./derived_key.ts";

/** The only algorithm. The `alg` header of a token is never followed. */
const ALGORITHM = "HS256";

/**
 * No audience and no issuer: they are in the derivation of the key, see {@linkcode deriveKey}. No
 * time of issue either: nothing depends on it, and tokens go into links that people have to copy.
 */
export interface TokenClaims {
  readonly subject: string;
  readonly expiresAt: number;
}

/** Why a token is refused. */
export type TokenRefusal = "invalid" | "expired";

/** Signs a JWT. Loads the library with the first token, because most requests need none. */
export async function signToken(
  { subject, expiresAt }: TokenClaims,
  { kid, key }: DerivedKey,
): Promise<string> {
  const { SignJWT } = await import("jose");
  return await new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, kid })
    .setSubject(subject)
    .setExpirationTime(new Date(expiresAt))
    .sign(key);
}

/** Verifies a JWT with the key that its header names, and gives its subject. */
export async function verifyToken(
  token: string,
  { findKey, now }: {
    /** Finds only keys of the use for which the token is presented. */
    findKey: (kid: string) => CryptoKey | undefined;
    now: number;
  },
): Promise<
  { ok: true; value: { subject: string; kid: string } } | { ok: false; reason: TokenRefusal }
> {
  const { jwtVerify, errors } = await import("jose");
  try {
    const { payload, protectedHeader } = await jwtVerify(token, ({ kid }) => {
      const key = findKey(kid ?? "");
      if (key === undefined) throw new errors.JOSEError("No key has this id");
      return key;
    }, {
      algorithms: [ALGORITHM],
      requiredClaims: ["sub", "exp"],
      currentDate: new Date(now),
    });
    return {
      ok: true,
      value: { subject: payload.sub ?? "", kid: protectedHeader.kid ?? "" },
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { ok: false, reason: "expired" };
    if (error instanceof errors.JOSEError) return { ok: false, reason: "invalid" };
    throw error;
  }
}

/**
 * Reads the `exp` of a JWT from another issuer, without verifying it, in milliseconds since the
 * epoch. Undefined for a token that is no JWT or has no `exp`.
 */
export async function decodeExpiry(token: string): Promise<number | undefined> {
  const { decodeJwt } = await import("jose");
  try {
    const { exp } = decodeJwt(token);
    return typeof exp === "number" ? exp * 1000 : undefined;
  } catch {
    // An opaque token is not an error.
    return undefined;
  }
}
