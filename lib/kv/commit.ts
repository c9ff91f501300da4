import type { Write } from "./write.ts";

/** About as many characters of JSON as make a kibibyte. Misjudged, a write takes its 44 ms. */
const LONG_WRITE_CHARACTERS = 1_300;

/**
 * Commits a write. False when a check did not hold.
 *
 * Deno's client for KV servers sends the head of a request by itself where the body is over a
 * kibibyte, and TCP then holds the body back until the head is acknowledged, for 40 ms. A read that
 * goes just before it brings that acknowledgement with its answer: a long write takes 1.1 ms, and
 * takes 44 without. A short one goes together with its head, and a read would hold up its answer.
 */
export async function commitWrite(
  kv: Deno.Kv,
  write: Write,
  { isServer }: { isServer: boolean },
): Promise<boolean> {
  const operation = toAtomic(kv, write);
  const isLong = isServer && JSON.stringify(write).length > LONG_WRITE_CHARACTERS;
  const reading = isLong ? kv.get(["probe"]) : undefined; // on its way before the write
  const [{ ok }] = await Promise.all([operation.commit(), reading]);
  return ok;
}

function toAtomic(
  kv: Deno.Kv,
  { checks = [], sets = [], deletes = [], sums = [] }: Write,
): Deno.AtomicOperation {
  const operation = kv.atomic();
  for (const check of checks) operation.check({ key: check.key, versionstamp: check.versionstamp });
  for (const key of deletes) operation.delete(key);
  for (const { key, value, expireInMs } of sets) {
    operation.set(key, value, expireInMs === undefined ? {} : { expireIn: Math.ceil(expireInMs) });
  }
  // KV adds modulo 2^64, so what stands for a negative amount there takes it away.
  for (const { key, amount } of sums) operation.sum(key, BigInt.asUintN(64, BigInt(amount)));
  return operation;
}
