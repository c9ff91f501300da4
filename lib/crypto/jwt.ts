/** The one algorithm: what a token's header asks for is never followed. */
const ALGORITHM = "HS256";

/** What a token says: who it speaks of, and where alone it counts. */
export interface TokenClaims {
  readonly subject: string;
  /** Keeps tokens of one kind apart from those of another. */
  readonly audience: string;
  /** Not checked where there is none. */
  readonly issuer?: string;
  /** Milliseconds since the epoch, as `expiresAt`. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** Why a token is not believed. */
export type TokenRefusal = "invalid" | "expired";

/** Signs a JWT. The library is loaded at the first token: most requests need none. */
export async function signToken(
  { subject, audience, issuer, issuedAt, expiresAt }: TokenClaims,
  { kid, key }: { kid: string; key: CryptoKey },
): Promise<string> {
  const { SignJWT } = await import("jose");
  const token = new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, kid })
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(new Date(issuedAt))
    .setExpirationTime(new Date(expiresAt));
  if (issuer !== undefined) token.setIssuer(issuer);
  return await token.sign(key);
}

/** Verifies a JWT by the key that it names, and tells its subject. */
export async function verifyToken(
  token: string,
  { findKey, audience, issuer, now }: {
    findKey: (kid: string) => CryptoKey | undefined;
    audience: string;
    issuer?: string;
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
      audience,
      ...(issuer === undefined ? {} : { issuer }),
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
