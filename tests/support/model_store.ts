// SPDX-License-Identifier: Apache-2.0
import type { Store } from "../../lib/kv/store.ts";
import { UpstreamError } from "../../lib/upstream/error.ts";
import { assertCommittable, type Row, type Write } from "../../lib/kv/write.ts";

/** What all instances of a world share: the rows, and a counter of versions. */
export interface SharedRows {
  readonly rows: Map<string, Row<unknown>>;
  version: number;
  /** Called after each write that was carried out. */
  onWritten?: () => void;
}

/**
 * A store whose every operation is one step, so that a test decides in which order several instances
 * make theirs. It behaves like Deno KV as far as the service depends on it: the tests of
 * `lib/kv/store.ts` run on both.
 */
export function createModelStore(
  shared: SharedRows,
  { step = () => Promise.resolve(), aroundCommit = (commit) => commit() }: {
    /** Awaited before every operation, which throws what this throws. */
    step?: () => Promise<void>;
    /** Calls `commit`, or throws before or after it like a crash. */
    aroundCommit?: (commit: () => boolean) => boolean;
  } = {},
): Store {
  return {
    async get<Value>(key: Deno.KvKey) {
      await step();
      const row = shared.rows.get(encode(key)) ?? { key, value: null, versionstamp: null };
      // The caller names the type, as with the real one.
      return copyRow(row) as Row<Value>;
    },

    async getMany<Values extends readonly unknown[]>(
      keys: readonly [...{ [Index in keyof Values]: Deno.KvKey }],
    ) {
      await step();
      const rows = keys.map((key) =>
        shared.rows.get(encode(key)) ?? { key, value: null, versionstamp: null }
      );
      // As with `get`: the caller names the types.
      return rows.map(copyRow) as unknown as { [Index in keyof Values]: Row<Values[Index]> };
    },

    async list<Value>(
      selector: Deno.KvListSelector,
      { limit, reverse = false }: { limit: number; reverse?: boolean },
    ) {
      await step();
      const isSelected = toPredicate(selector);
      const found = [...shared.rows.values()].filter(({ key }) => isSelected(key))
        .sort((a, b) => compareKeys(a.key, b.key) * (reverse ? -1 : 1)).slice(0, limit);
      return found.map(copyRow) as Row<Value>[];
    },

    async commit(write) {
      await step();
      return aroundCommit(() => apply(shared, write));
    },

    close: () => Promise.resolve(),
  };
}

function apply(shared: SharedRows, write: Write): boolean {
  assertCommittable(write);
  const { checks = [], sets = [], deletes = [], sums = [] } = write;
  const holds = checks.every(({ key, versionstamp }) =>
    (shared.rows.get(encode(key))?.versionstamp ?? null) === versionstamp
  );
  if (!holds) return false;
  for (const { key } of sums) {
    const value = shared.rows.get(encode(key))?.value ?? null;
    if (value === null || value instanceof Deno.KvU64) continue;
    throw new UpstreamError("kv", "bad_sum", { action: "write to KV" });
  }
  const versionstamp = String(++shared.version).padStart(20, "0");
  for (const key of deletes) shared.rows.delete(encode(key));
  for (const { key, value } of sets) {
    shared.rows.set(encode(key), copyRow({ key, value, versionstamp }));
  }
  for (const { key, amount } of sums) {
    const before: { value: bigint } = Object(shared.rows.get(encode(key))?.value ?? { value: 0n });
    const value = new Deno.KvU64(BigInt.asUintN(64, before.value + BigInt(amount)));
    shared.rows.set(encode(key), { key, value, versionstamp });
  }
  shared.onWritten?.();
  return true;
}

/** Like KV, which keeps a copy. `structuredClone` does not know KV's numbers. */
function copyRow({ key, value, versionstamp }: Row<unknown>): Row<unknown> {
  const copy = value instanceof Deno.KvU64 ? value : structuredClone(value);
  return { key, value: copy, versionstamp };
}

function toPredicate(selector: Deno.KvListSelector): (key: Deno.KvKey) => boolean {
  const { prefix, start, end } = {
    prefix: undefined,
    start: undefined,
    end: undefined,
    ...selector,
  };
  return (key) =>
    (prefix === undefined ||
      (key.length > prefix.length && prefix.every((part, index) => key[index] === part))) &&
    (start === undefined || compareKeys(key, start) >= 0) &&
    (end === undefined || compareKeys(key, end) < 0);
}

/** Deno KV's order, as far as keys of strings and numbers go. */
function compareKeys(a: Deno.KvKey, b: Deno.KvKey): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [left, right] = [a[index], b[index]];
    if (left === right) continue;
    if (typeof left === "number" && typeof right === "number") return left - right;
    if (typeof left === "string" && typeof right === "string") return left < right ? -1 : 1;
    return typeof left === "string" ? -1 : 1;
  }
  return a.length - b.length;
}

function encode(key: Deno.KvKey): string {
  return JSON.stringify(key);
}
