import { deriveKey } from "../crypto/derived_key.ts";
import type { Secret } from "../crypto/secret.ts";
import { signToken, verifyToken } from "../crypto/jwt.ts";

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
export function createLinkKeys(secrets: readonly Secret[]): LinkKeys {
  const keys = secrets.map((secret) => deriveKey(secret, "link"));
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
  const token = await signToken({
    subject: identityId,
    audience: AUDIENCES.link,
    issuer: publicUrl,
    issuedAt,
    expiresAt: issuedAt + lifetimeDays * DAY_MS,
  }, keys.signing);
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
  return await signToken({
    subject: identityId,
    audience: AUDIENCES.visit,
    issuer: publicUrl,
    issuedAt: now,
    expiresAt: now + VISIT_LIFETIME_MS,
  }, keys.signing);
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
  const verified = await verifyToken(token, {
    findKey: (kid) => keys.verifying.get(kid),
    audience: AUDIENCES[use],
    issuer: publicUrl,
    now,
  });
  if (verified.ok) return { ok: true, value: verified.value.subject };
  return { ok: false, reason: verified.reason === "expired" ? "link_expired" : "link_invalid" };
}
