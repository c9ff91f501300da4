import * as z from "zod";
import { delay as delayBy } from "../deadline.ts";
import { UpstreamError } from "../upstream/error.ts";
import { describeError, type Log } from "../log.ts";
import type { Secret } from "../crypto/secret.ts";
import type { Store } from "../kv/store.ts";
import type { Row } from "../kv/write.ts";
import type { CallUpstream } from "../upstream/call.ts";
import { USER_AGENT } from "../upstream/user_agent.ts";

/** Jumio asks to renew some minutes before the end of a token's 60. */
const RENEW_BEFORE_MS = 5 * 60_000;

const TokenResponse = z.object({
  "access_token": z.string().min(1),
  "expires_in": z.number().positive(),
});

interface CachedToken {
  readonly v: 1;
  readonly token: string;
  /** Milliseconds since the epoch; {@linkcode Deno.Kv} may show a row after its end. */
  readonly expiresAt: number;
}

/** Jumio's access token, shared by all instances through KV. */
export interface AccessToken {
  get(): Promise<string>;
  /** Forgets a token that Jumio has refused, unless another has taken its place. */
  drop(token: string): Promise<void>;
}

/** Who renews has this long; then another may. Longer than the request for a token may take. */
const RENEWAL_LEASE_MS = 6_000;

/** How often the others look whether the new token is there. */
const RENEWAL_PAUSE_MS = 200;

/** Creates the token cache. Without KV it still works: every instance then has a token of its own. */
export function createAccessToken(
  { tokenUrl, clientId, clientSecret, call, store, now, log, delay = delayBy }: {
    tokenUrl: URL;
    clientId: string;
    clientSecret: Secret;
    call: CallUpstream;
    store: Store;
    now: () => number;
    log: Log;
    delay?: (ms: number) => Promise<void>;
  },
): AccessToken {
  const key = ["access_token", tokenUrl.host, clientId];
  const leaseKey = ["access_token_lease", tokenUrl.host, clientId];
  let cached: CachedToken | undefined;
  let fetching: Promise<CachedToken> | undefined;

  async function get(): Promise<string> {
    if (isFresh(cached)) return cached.token;
    // Calls at the same time wait for one answer.
    fetching ??= renew().finally(() => {
      fetching = undefined;
    });
    cached = await fetching;
    return cached.token;
  }

  async function drop(token: string): Promise<void> {
    if (cached?.token === token) cached = undefined;
    await withoutKv("forget", async () => {
      const row = await store.get<CachedToken>(key);
      if (row.value?.token === token) await store.commit({ checks: [row], deletes: [key] });
    });
  }

  /** One instance asks Jumio, the others wait for what it puts into KV, for a while at least. */
  async function renew(): Promise<CachedToken> {
    const patience = RENEWAL_LEASE_MS / RENEWAL_PAUSE_MS;
    for (let attempt = 0; attempt < patience; attempt++) {
      const shared = await withoutKv("read", () => store.get<CachedToken>(key));
      if (shared?.value && isFresh(shared.value)) return shared.value;
      const isOurs = shared && await withoutKv("claim", () => claimRenewal(shared));
      if (isOurs !== false) break;
      await delay(RENEWAL_PAUSE_MS);
    }
    const renewed = await requestToken();
    await withoutKv("keep", () =>
      store.commit({
        sets: [{ key, value: renewed, expireInMs: Math.max(0, renewed.expiresAt - now()) }],
        deletes: [leaseKey],
      }));
    return renewed;
  }

  /** The lease is worth nothing if somebody has renewed the token since we looked at it. */
  async function claimRenewal(token: Row<CachedToken>): Promise<boolean> {
    const row = await store.get<{ v: 1; expiresAt: number }>(leaseKey);
    if (row.value !== null && row.value.expiresAt > now()) return false;
    const value = { v: 1, expiresAt: now() + RENEWAL_LEASE_MS };
    return await store.commit({
      checks: [row, token],
      sets: [{ key: leaseKey, value, expireInMs: RENEWAL_LEASE_MS }],
    });
  }

  async function requestToken(): Promise<CachedToken> {
    const action = "get a Jumio access token";
    const { status, json, retryAfterMs } = await call({
      upstream: "jumio",
      action,
      method: "POST",
      url: tokenUrl,
      headers: {
        "authorization": `Basic ${btoa(`${clientId}:${clientSecret.reveal()}`)}`,
        "content-type": "application/x-www-form-urlencoded",
        "accept": "application/json",
        "user-agent": USER_AGENT,
      },
      body: "grant_type=client_credentials",
    });
    if (status !== 200) {
      throw new UpstreamError("jumio", "status", { action, status, retryAfterMs });
    }
    const answer = TokenResponse.safeParse(json);
    if (!answer.success) {
      throw new UpstreamError("jumio", "malformed", { action, status, cause: answer.error });
    }
    const { access_token: token, expires_in: expiresIn } = answer.data;
    // Jumio's cache may hand out a token that is older than `expires_in` says: its own end counts.
    const expiresAt = Math.min(now() + expiresIn * 1000, readExpiry(token));
    return { v: 1, token, expiresAt };
  }

  function isFresh(token: CachedToken | undefined): token is CachedToken {
    return token !== undefined && token.expiresAt - RENEW_BEFORE_MS > now();
  }

  async function withoutKv<Value>(
    verb: string,
    work: () => Promise<Value>,
  ): Promise<Value | undefined> {
    try {
      return await work();
    } catch (error) {
      log.warn(`Cannot ${verb} the shared Jumio access token`, describeError(error));
      return undefined;
    }
  }

  return { get, drop };
}

/** The `exp` of a token that is a JWT; no end for one that is not. We trust, we do not verify. */
function readExpiry(token: string): number {
  const [, payload] = token.split(".");
  if (payload === undefined) return Infinity;
  try {
    const bytes = Uint8Array.fromBase64(payload, { alphabet: "base64url" });
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const exp = z.object({ exp: z.number() }).safeParse(claims);
    return exp.success ? exp.data.exp * 1000 : Infinity;
  } catch {
    // An opaque token: `expires_in` is all there is to go by.
    return Infinity;
  }
}
