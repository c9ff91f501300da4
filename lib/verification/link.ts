import { deriveKey } from "../crypto/derived_key.ts";
import type { Secret } from "../crypto/secret.ts";
import { signToken, verifyToken } from "../crypto/jwt.ts";

/** The audiences of the two kinds of tokens: neither is accepted as the other. */
const AUDIENCES = { link: "jumio-verify", visit: "jumio-return" } as const;

const DAY_MS = 86_400_000;

/** A person is rarely at Jumio for longer. After it, the page shows less. */
export const VISIT_LIFETIME_MS = 600_000;

/** A link is renewed this long before it expires, or at half of its lifetime if that is later. */
const RENEWAL_MARGIN_MS = 7 * DAY_MS;

/** The keys that sign people's links: the newest key signs, all keys verify. */
export interface LinkKeys {
  readonly signing: { readonly kid: string; readonly key: CryptoKey };
  /** By key id, which each link contains. */
  readonly verifying: ReadonlyMap<string, CryptoKey>;
}

/** Why a link is refused. */
export type LinkRefusal = "link_invalid" | "link_expired";

/** Derives the keys from the secrets, newest first. A derived key signs links and nothing else. */
export function createLinkKeys(secrets: readonly Secret[]): LinkKeys {
  const keys = secrets.map((secret) => deriveKey(secret, "link"));
  const [signing] = keys;
  if (signing === undefined) throw new TypeError("Cannot create link keys: no secret is given");
  return { signing, verifying: new Map(keys.map(({ kid, key }) => [kid, key])) };
}

/**
 * Creates the person's link. It contains the identity's id, and no execution and no status.
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

/** Verifies the token of a link or of a visit. Returns the identity's id. */
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
