// SPDX-License-Identifier: Apache-2.0
import * as z from "zod";
import {
  createSharedToken,
  RENEWAL_LEASE_MS,
  type SharedToken,
  type Token,
} from "./_shared_token.ts";
import { decodeExpiry } from "../crypto/jwt.ts";
import { delay as delayByTimer } from "../deadline.ts";
import type { Log } from "../log.ts";
import type { Secret } from "../crypto/secret.ts";
import type { Store } from "../kv/store.ts";
import type { CallUpstream } from "../upstream/call.ts";
import { readAnswer } from "../upstream/read_answer.ts";

/** Jumio asks to renew a token some minutes before its end ("Authorization"). */
const RENEW_BEFORE_MS = 5 * 60_000;

/** How often the other instances look whether the token has been renewed. */
const RENEWAL_POLL_MS = 200;

/** How long a token counts if Jumio does not say so in a form that we can use ("Authorization"). */
const DEFAULT_LIFETIME_S = 3_600;

/** Jumio's tokens live for an hour, so a longer lifetime is a mistake. */
const MAX_LIFETIME_S = 86_400;

const TokenResponse = z.lazy(() =>
  z.object({
    // Visible ASCII: with anything else, every later call would fail on its own header.
    "access_token": z.string().regex(/^[\x21-\x7e]+$/),
    "expires_in": z.coerce.number().positive().max(MAX_LIFETIME_S).optional().catch(undefined),
  })
);

/** Jumio's access token, which all instances share through KV. */
export interface AccessToken {
  get(): Promise<string>;
  /** Forgets a token that Jumio has refused, unless another one has replaced it. */
  drop(token: string): Promise<void>;
}

export interface AccessTokenOptions {
  readonly tokenUrl: URL;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly call: CallUpstream;
  readonly store: Store;
  readonly now: () => number;
  readonly log: Log;
  readonly delay?: (ms: number) => Promise<void>;
}

/**
 * Creates the token cache. Without KV it still works: each instance then has a token of its own.
 */
export function createAccessToken(options: AccessTokenOptions): AccessToken {
  const { tokenUrl, clientId, store, now, log } = options;
  const shared = createSharedToken({ id: [tokenUrl.host, clientId], store, now, log });
  let cached: Token | undefined;
  let renewal: Promise<Token> | undefined;

  return {
    async get() {
      if (cached !== undefined && isFresh(cached, now())) return cached.token;
      // Calls at the same time wait for the same renewal.
      renewal ??= renew(shared, options).finally(() => {
        renewal = undefined;
      });
      cached = await renewal;
      return cached.token;
    },

    async drop(token) {
      if (cached?.token === token) cached = undefined;
      await shared.drop(token);
    },
  };
}

function isFresh(token: Token, now: number): boolean {
  return token.expiresAt - RENEW_BEFORE_MS > now;
}

/**
 * One instance requests a new token, and the others wait until it is in KV. After the time of one
 * lease they request one themselves.
 */
async function renew(shared: SharedToken, options: AccessTokenOptions): Promise<Token> {
  const { now, delay = delayByTimer } = options;
  for (let polls = 0; polls < RENEWAL_LEASE_MS / RENEWAL_POLL_MS; polls++) {
    const row = await shared.read();
    if (row?.value && isFresh(row.value, now())) return row.value;
    const isClaimed = row && await shared.claimRenewal(row);
    // Undefined: KV failed, so there is no other instance to wait for.
    if (isClaimed !== false) break;
    await delay(RENEWAL_POLL_MS);
  }
  const token = await requestToken(options);
  await shared.save(token);
  return token;
}

async function requestToken(
  { tokenUrl, clientId, clientSecret, call, now }: AccessTokenOptions,
): Promise<Token> {
  const answer = await call({
    upstream: "jumio",
    action: "get a Jumio access token",
    method: "POST",
    url: tokenUrl,
    headers: {
      "authorization": `Basic ${btoa(`${clientId}:${clientSecret.reveal()}`)}`,
      "content-type": "application/x-www-form-urlencoded",
      "accept": "application/json",
    },
    body: "grant_type=client_credentials",
  });
  const { access_token: token, expires_in: expiresIn } = readAnswer(TokenResponse, answer);
  const ownExpiry = await decodeExpiry(token);
  const seconds = expiresIn ?? (ownExpiry === undefined ? DEFAULT_LIFETIME_S : MAX_LIFETIME_S);
  // Jumio's cache may answer with a token that is older than `expires_in` says ("Authorization").
  return { v: 1, token, expiresAt: Math.min(now() + seconds * 1000, ownExpiry ?? Infinity) };
}
