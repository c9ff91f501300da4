import type { Secret } from "./secret.ts";

/** The one algorithm: what a token's header asks for is never followed. */
const ALGORITHM = "HS256";

/** What a token is good for. One of the one kind never passes for one of the other. */
const AUDIENCES = { link: "jumio-verify", visit: "jumio-return" } as const;

const DAY_MS = 86_400_000;

/** A person is rarely longer at Jumio than this; then the page just says less. */
export const VISIT_LIFETIME_MS = 600_000;

/** A link is written anew when it has this much left, or half of its life if that is less. */
const RENEWAL_MARGIN_MS = 7 * DAY_MS;

/** The keys of the persons' links: the newest signs, all verify. */
export interface LinkKeys {
  /** The newest. */
  readonly signing: { readonly kid: string; readonly key: CryptoKey };
  /** Each by its name, which a link carries. */
  readonly verifying: ReadonlyMap<string, CryptoKey>;
}

/** Why a link is not followed. */
export type LinkRefusal = "link_invalid" | "link_expired";

/** Derives the keys from secrets, newest first. Derived, so that none signs anything but links. */
export async function createLinkKeys(secrets: readonly Secret[]): Promise<LinkKeys> {
  const keys = await Promise.all(secrets.map((secret) => deriveKey(secret)));
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
  const expiresAt = issuedAt + lifetimeDays * DAY_MS;
  const token = await sign(identityId, { use: "link", keys, publicUrl, issuedAt, expiresAt });
  return `${publicUrl}/jumio/verify?token=${token}`;
}

/**
 * When the link that is right at this moment was issued, and when the next one takes its place.
 *
 * Both follow from the time of the registration alone: whoever writes the identity, and however
 * often, writes the same link, and there is none to remember.
 */
export function linkPeriod(
  { acceptedAt, now, lifetimeDays }: { acceptedAt: number; now: number; lifetimeDays: number },
): { issuedAt: number; renewedAt: number } {
  const lifetimeMs = lifetimeDays * DAY_MS;
  const periodMs = lifetimeMs - Math.min(RENEWAL_MARGIN_MS, lifetimeMs / 2);
  const periods = Math.max(0, Math.floor((now - acceptedAt) / periodMs));
  const issuedAt = acceptedAt + periods * periodMs;
  return { issuedAt, renewedAt: issuedAt + periodMs };
}

/** A token for the person's way back from Jumio. It can show a status and start nothing. */
export async function createVisit(
  identityId: string,
  { keys, publicUrl, now }: { keys: LinkKeys; publicUrl: string; now: number },
): Promise<string> {
  const expiresAt = now + VISIT_LIFETIME_MS;
  return await sign(identityId, { use: "visit", keys, publicUrl, issuedAt: now, expiresAt });
}

/** Verifies a token of a link, or of a visit at Jumio, and tells whose it is. */
export async function verifyLink(
  token: string,
  { keys, publicUrl, now, use = "link" }: {
    keys: LinkKeys;
    publicUrl: string;
    now: number;
    /** @default {"link"} */
    use?: "link" | "visit";
  },
): Promise<{ ok: true; value: string } | { ok: false; reason: LinkRefusal }> {
  const { jwtVerify, errors } = await import("jose");
  try {
    const { payload } = await jwtVerify(token, (header) => {
      const key = keys.verifying.get(header.kid ?? "");
      if (key === undefined) throw new errors.JOSEError("No key has this id");
      return key;
    }, {
      algorithms: [ALGORITHM],
      issuer: publicUrl,
      audience: AUDIENCES[use],
      requiredClaims: ["sub", "exp"],
      currentDate: new Date(now),
    });
    return { ok: true, value: payload.sub ?? "" };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { ok: false, reason: "link_expired" };
    if (error instanceof errors.JOSEError) return { ok: false, reason: "link_invalid" };
    throw error;
  }
}

/** The library is loaded at the first token: most sign-ins need none. */
async function sign(
  identityId: string,
  { use, keys, publicUrl, issuedAt, expiresAt }: {
    use: keyof typeof AUDIENCES;
    keys: LinkKeys;
    publicUrl: string;
    issuedAt: number;
    expiresAt: number;
  },
): Promise<string> {
  const { SignJWT } = await import("jose");
  return await new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, kid: keys.signing.kid })
    .setIssuer(publicUrl)
    .setAudience(AUDIENCES[use])
    .setSubject(identityId)
    .setIssuedAt(new Date(issuedAt))
    .setExpirationTime(new Date(expiresAt))
    .sign(keys.signing.key);
}

async function deriveKey(secret: Secret): Promise<{ kid: string; key: CryptoKey }> {
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
  const key = await crypto.subtle.deriveKey(derivation("link key"), base, algorithm, false, [
    "sign",
    "verify",
  ]);
  const kid = new Uint8Array(await crypto.subtle.deriveBits(derivation("link key id"), base, 64));
  return { kid: kid.toHex(), key };
}
