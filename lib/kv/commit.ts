// SPDX-License-Identifier: Apache-2.0
import { delay } from "../deadline.ts";
import { classifyKvFailure } from "./failure.ts";
import type { Write } from "./write.ts";

/**
 * A kibibyte on the wire, for rows like ours. Most writes have under 900 characters or over 1,500. One
 * that is misjudged takes 44 ms instead of 1.1, whichever way.
 */
const LONG_WRITE_CHARACTERS = 1_170;

/** The delays between two attempts while another process holds the file grow up to this. */
const MAX_LOCKED_DELAY_MS = 100;

/**
 * Commits a write. Tries again while another process holds the KV file; nothing was written then.
 *
 * @returns False where a check did not hold.
 * @throws What KV throws, also for a file that stays locked.
 */
export async function commitWhenUnlocked(
  kv: Deno.Kv,
  write: Write,
  { isServer, random, maxWaitMs }: {
    isServer: boolean;
    random: () => number;
    /** How long to wait for a locked file in all. */
    maxWaitMs: number;
  },
): Promise<boolean> {
  let waitedMs = 0;
  for (let attempt = 1;; attempt++) {
    try {
      return await commitWrite(kv, write, { isServer });
    } catch (error) {
      if (classifyKvFailure(error) !== "locked" || waitedMs >= maxWaitMs) throw error;
      const longestMs = Math.min(10 * attempt, MAX_LOCKED_DELAY_MS, maxWaitMs - waitedMs);
      const delayMs = Math.ceil(longestMs * (0.5 + 0.5 * random()));
      await delay(delayMs);
      waitedMs += delayMs;
    }
  }
}

/**
 * Commits a write once.
 *
 * To a server, a long write is sent together with a read. Where a body is over a kibibyte, Deno's
 * client sends the head of the request on its own, and TCP then holds the body back until the head
 * is acknowledged, for 40 ms. The answer of a read that was sent just before brings that
 * acknowledgement: a long write takes 1.1 ms with it and 44 ms without. A short write goes out
 * together with its head, and a read before it would delay its answer by 40 ms.
 */
export async function commitWrite(
  kv: Deno.Kv,
  write: Write,
  { isServer }: { isServer: boolean },
): Promise<boolean> {
  const operation = toAtomic(kv, write);
  const read = isServer && isLong(write) ? kv.get(["probe"]) : undefined; // sent before the write
  const [{ ok }] = await Promise.all([operation.commit(), read]);
  return ok;
}

function isLong({ checks = [], ...changes }: Write): boolean {
  // A check is sent without the row's value.
  const sent = { ...changes, checks: checks.map(({ key }) => key) };
  return JSON.stringify(sent).length > LONG_WRITE_CHARACTERS;
}

function toAtomic(
  kv: Deno.Kv,
  { checks = [], sets = [], deletes = [], sums = [] }: Write,
): Deno.AtomicOperation {
  const operation = kv.atomic();
  for (const check of checks) operation.check({ key: check.key, versionstamp: check.versionstamp });
  addSums(operation, sums);
  for (const key of deletes) operation.delete(key);
  for (const { key, value, expireInMs } of sets) {
    operation.set(key, value, expireInMs === undefined ? {} : { expireIn: Math.ceil(expireInMs) });
  }
  return operation;
}

/**
 * Adds the sums of a write, which must come before everything else that it writes: where a sum meets
 * a row that is no number, KV throws, but it has already written what stood before that sum in the
 * write. The largest of a number and 0 changes nothing and throws likewise, so it tests the rows of
 * all sums before the first one is changed.
 */
function addSums(operation: Deno.AtomicOperation, sums: NonNullable<Write["sums"]>): void {
  for (const { key } of sums.slice(1)) operation.max(key, 0n);
  // KV adds modulo 2^64, so the two's complement of an amount subtracts it.
  for (const { key, amount } of sums) operation.sum(key, BigInt.asUintN(64, BigInt(amount)));
}
