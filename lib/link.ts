import { jwtVerify, SignJWT } from "jose";
import { JOSEError, JWTExpired } from "jose/errors";
import { deriveKey } from "./derived_key.ts";
import type { Secret } from "./secret.ts";

/** The one algorithm: what a token's header asks for is never followed. */
const ALGORITHM = "HS256";

/** Keeps a person's link apart from any other token that the same secret may sign. */
const AUDIENCE = "jumio-verify";

const DAY_MS = 86_400_000;

/** The keys of the persons' links: the newest signs, all verify. */
export interface LinkKeys {
  readonly signing: { readonly kid: string; readonly key: CryptoKey };
  readonly verifying: ReadonlyMap<string, CryptoKey>;
}

/** Why a link is not followed. */
export type LinkRefusal = "link_invalid" | "link_expired";

/** Derives the keys from secrets, newest first. Derived, so that none signs anything but links. */
export async function createLinkKeys(secrets: readonly Secret[]): Promise<LinkKeys> {
  const keys = await Promise.all(secrets.map((secret) => deriveKey(secret, "link")));
  const [signing] = keys;
  if (signing === undefined) throw new TypeError("Cannot create link keys: no secret is given");
  return { signing, verifying: new Map(keys.map(({ kid, key }) => [kid, key])) };
}

/**
 * The person's link. It says who, never what: no execution and no status are in it.
 *
 * The same arguments give the same link, so that writing an identity twice changes nothing.
 */
export async function createLink(
  identityId: string,
  { keys, publicUrl, issuedAt, lifetimeDays }: {
    keys: LinkKeys;
    publicUrl: string;
    /** Milliseconds since the epoch. */
    issuedAt: number;
    lifetimeDays: number;
  },
): Promise<string> {
  const token = await new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, kid: keys.signing.kid })
    .setIssuer(publicUrl)
    .setAudience(AUDIENCE)
    .setSubject(identityId)
    .setIssuedAt(new Date(issuedAt))
    .setExpirationTime(new Date(issuedAt + lifetimeDays * DAY_MS))
    .sign(keys.signing.key);
  return `${publicUrl}/jumio/verify?token=${token}`;
}

/** Verifies a link's token and tells whose it is. */
export async function verifyLink(
  token: string,
  { keys, publicUrl, now }: { keys: LinkKeys; publicUrl: string; now: number },
): Promise<{ ok: true; value: string } | { ok: false; reason: LinkRefusal }> {
  try {
    const { payload } = await jwtVerify(token, (header) => {
      const key = keys.verifying.get(header.kid ?? "");
      if (key === undefined) throw new JOSEError("No key has this id");
      return key;
    }, {
      algorithms: [ALGORITHM],
      issuer: publicUrl,
      audience: AUDIENCE,
      requiredClaims: ["sub", "exp"],
      currentDate: new Date(now),
    });
    return { ok: true, value: payload.sub ?? "" };
  } catch (error) {
    if (error instanceof JWTExpired) return { ok: false, reason: "link_expired" };
    if (error instanceof JOSEError) return { ok: false, reason: "link_invalid" };
    throw error;
  }
}
