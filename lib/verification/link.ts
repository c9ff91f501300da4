// SPDX-License-Identifier: Apache-2.0
import { type DerivedKey, deriveKey } from "../crypto/derived_key.ts";
import { lazy } from "../lazy.ts";
import type { Secret } from "../crypto/secret.ts";
import { signToken, verifyToken } from "../crypto/jwt.ts";

const DAY_MS = 86_400_000;

/** As long as Jumio's longest session. After it, the return page does not know the person. */
export const VISIT_LIFETIME_MS = 1_800_000;

/** A link is renewed this long before it expires, or at half of its lifetime if that is later. */
const RENEWAL_MARGIN_MS = 7 * DAY_MS;

/** 16 bytes in base64url. */
const SUBJECT = /^[\w-]{22}$/;

/** The newest key signs, all keys verify. */
interface Keyring {
  readonly signing: DerivedKey;
  /** By key id, which each token contains. */
  readonly verifying: ReadonlyMap<string, CryptoKey>;
}

/**
 * The keys of the two kinds of tokens, for one `PUBLIC_URL`. No token names its kind or address. It
 * is accepted only as what its key was derived for.
 */
export interface LinkKeys {
  /** For links, which can start a verification. */
  readonly link: () => Promise<Keyring>;
  /** For returns from Jumio, which can only show a status. */
  readonly visit: () => Promise<Keyring>;
}

/** Why a link is refused. */
export type LinkRefusal = "link_invalid" | "link_expired";

/** Derives the keys from the secrets, newest first: those of each kind with their first use. */
export function createLinkKeys(secrets: readonly Secret[], publicUrl: string): LinkKeys {
  const createKeyring = (audience: string) =>
    lazy(async (): Promise<Keyring> => {
      const use = { audience, issuer: publicUrl };
      const keys = await Promise.all(secrets.map((secret) => deriveKey(secret, use)));
      const [signing] = keys;
      if (signing === undefined) throw new TypeError("Cannot create link keys: no secret is given");
      return { signing, verifying: new Map(keys.map(({ kid, key }) => [kid, key])) };
    });
  return { link: createKeyring("link"), visit: createKeyring("visit") };
}

/**
 * Creates the person's link. It contains the identity's id, and no execution and no status. After
 * `publicUrl` it has at most 180 characters, so that it fits into a text message or a QR code.
 *
 * The same arguments give the same link, so that publishing twice changes nothing.
 */
export async function createLink(
  identityId: string,
  { keys, publicUrl, issuedAt, lifetimeDays }: {
    keys: LinkKeys;
    publicUrl: string;
    issuedAt: number;
    lifetimeDays: number;
  },
): Promise<string> {
  const { signing } = await keys.link();
  const token = await signToken({
    subject: encodeIdentityId(identityId),
    expiresAt: issuedAt + lifetimeDays * DAY_MS,
  }, signing);
  return `${publicUrl}/jumio/verify?token=${token}`;
}

/**
 * When the present link was issued, and when the next one replaces it.
 *
 * Both follow from the time of the registration alone, so every publication writes the same link
 * and no link has to be stored.
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

/** Creates a token for the return from Jumio. It can show a status and cannot start anything. */
export async function createVisit(
  identityId: string,
  { keys, now }: { keys: LinkKeys; now: number },
): Promise<string> {
  const { signing } = await keys.visit();
  return await signToken({
    subject: encodeIdentityId(identityId),
    expiresAt: now + VISIT_LIFETIME_MS,
  }, signing);
}

/** Verifies the token of a link or of a visit. Returns the identity's id. */
export async function verifyLink(
  token: string,
  { keys, now, use = "link" }: {
    keys: LinkKeys;
    now: number;
    /** @default {"link"} */
    use?: "link" | "visit";
  },
): Promise<{ ok: true; value: string } | { ok: false; reason: LinkRefusal }> {
  const { verifying } = await keys[use]();
  const verified = await verifyToken(token, { findKey: (kid) => verifying.get(kid), now });
  if (!verified.ok) {
    return { ok: false, reason: verified.reason === "expired" ? "link_expired" : "link_invalid" };
  }
  const identityId = decodeIdentityId(verified.value.subject);
  return identityId === undefined
    ? { ok: false, reason: "link_invalid" }
    : { ok: true, value: identityId };
}

/** Encodes a UUID in 22 characters instead of 36. */
function encodeIdentityId(identityId: string): string {
  const bytes = Uint8Array.fromHex(identityId.replaceAll("-", ""));
  if (bytes.length !== 16) throw new TypeError("Cannot create a link: the id is no UUID");
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function decodeIdentityId(subject: string): string | undefined {
  if (!SUBJECT.test(subject)) return undefined;
  return Uint8Array.fromBase64(subject, { alphabet: "base64url" }).toHex()
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
