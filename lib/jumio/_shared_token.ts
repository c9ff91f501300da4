// SPDX-License-Identifier: Apache-2.0
import { describeError, type Log } from "../log.ts";
import type { Store } from "../kv/store.ts";
import type { Row } from "../kv/write.ts";

/** An access token of Jumio's. */
export interface Token {
  readonly v: 1;
  readonly token: string;
  /** Compared on each use, because KV may still return an expired row. */
  readonly expiresAt: number;
}

/**
 * How long one instance may hold the lease for renewing the token. Longer than the request for a
 * token may take.
 */
export const RENEWAL_LEASE_MS = 6_000;

/**
 * The token that all instances share through KV. Where KV fails, each method logs that and resolves
 * with undefined: an instance then works with a token of its own.
 */
export interface SharedToken {
  read(): Promise<Row<Token> | undefined>;
  /**
   * Takes the lease for renewing the token. False while another instance holds it, and where the
   * token was renewed since it was read.
   */
  claimRenewal(read: Row<Token>): Promise<boolean | undefined>;
  /** Stores a new token and releases the lease. */
  save(token: Token): Promise<unknown>;
  /** Deletes a token, unless another one has replaced it. */
  drop(token: string): Promise<unknown>;
}

export function createSharedToken(
  { id, store, now, log }: {
    /** The token endpoint and the client, which have one token. */
    id: readonly [host: string, clientId: string];
    store: Store;
    now: () => number;
    log: Log;
  },
): SharedToken {
  const key = ["access_token", ...id];
  const leaseKey = ["access_token_lease", ...id];

  async function attempt<Value>(
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

  async function claimRenewal(read: Row<Token>): Promise<boolean> {
    const lease = await store.get<{ v: 1; expiresAt: number }>(leaseKey);
    if (lease.value !== null && lease.value.expiresAt > now()) return false;
    const value = { v: 1, expiresAt: now() + RENEWAL_LEASE_MS };
    return await store.commit({
      checks: [lease, read],
      sets: [{ key: leaseKey, value, expireInMs: RENEWAL_LEASE_MS }],
    });
  }

  async function drop(token: string): Promise<void> {
    const row = await store.get<Token>(key);
    if (row.value?.token === token) await store.commit({ checks: [row], deletes: [key] });
  }

  return {
    read: () => attempt("read", () => store.get<Token>(key)),
    claimRenewal: (read) => attempt("claim", () => claimRenewal(read)),
    save: (token) =>
      attempt("keep", () =>
        store.commit({
          sets: [{ key, value: token, expireInMs: Math.max(0, token.expiresAt - now()) }],
          deletes: [leaseKey],
        })),
    drop: (token) => attempt("forget", () => drop(token)),
  };
}
