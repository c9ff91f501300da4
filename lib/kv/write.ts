// SPDX-License-Identifier: Apache-2.0
/** A key and its value. Both value and versionstamp are null where there is no value. */
export interface Row<Value> {
  readonly key: Deno.KvKey;
  readonly value: Value | null;
  /** Changes with each write of the row. A check compares it. */
  readonly versionstamp: string | null;
}

/** One atomic write as plain data, so that parts of it can be merged. At most 10 checks. */
export interface Write {
  /** Nothing is written unless each of these rows is still as it was read. */
  readonly checks?: readonly { readonly key: Deno.KvKey; readonly versionstamp: string | null }[];
  readonly sets?: readonly {
    readonly key: Deno.KvKey;
    readonly value: unknown;
    readonly expireInMs?: number;
  }[];
  readonly deletes?: readonly Deno.KvKey[];
  /**
   * Each amount is added to its row, or subtracted where it is negative. A sum needs no check, so
   * instances that write it at the same time do not make each other's write fail.
   */
  readonly sums?: readonly { readonly key: Deno.KvKey; readonly amount: number }[];
}

/** What KV allows in one write. */
const MAX_CHECKS = 10;

/** Throws for a write that KV refuses, whatever is stored. That is a bug of the caller. */
export function assertCommittable({ checks = [] }: Write): void {
  if (checks.length > MAX_CHECKS) {
    throw new TypeError(`A write has ${checks.length} checks; KV allows ${MAX_CHECKS}`);
  }
}

/** The value of a row that was written by {@linkcode Write.sums}. */
export interface Sum {
  /** Unsigned, of 64 bits: one less than 0 is 2^64 - 1. */
  readonly value: bigint;
}

/** Merges writes into one atomic write. */
export function mergeWrites(...writes: readonly Write[]): Write {
  return {
    checks: writes.flatMap(({ checks = [] }) => checks),
    sets: writes.flatMap(({ sets = [] }) => sets),
    deletes: writes.flatMap(({ deletes = [] }) => deletes),
    sums: writes.flatMap(({ sums = [] }) => sums),
  };
}
