// SPDX-License-Identifier: Apache-2.0
import type { Store } from "../../lib/kv/store.ts";
import type { Row, Write } from "../../lib/kv/write.ts";

/** Who writes at this moment, as far as a test knows. */
export type Writer = "the service" | "an operator" | "an erasure";

/** One write of a row. */
export interface WrittenRow {
  readonly key: Deno.KvKey;
  /** Undefined for a sum. */
  readonly value: unknown;
  /** Undefined where the row does not expire. */
  readonly expireInMs: number | undefined;
  /** When it was written. */
  readonly at: number;
}

/** What a store was told to keep and to delete. */
interface Memory {
  readonly written: WrittenRow[];
  readonly deleted: { readonly key: Deno.KvKey; readonly by: Writer }[];
  readonly damaged: Set<string>;
  readonly expiries: Map<string, { readonly key: Deno.KvKey; readonly at: number }>;
}

/** A store that expires its rows by the clock of the test, and remembers every write. */
export interface RetentionStore extends Store, Readonly<Pick<Memory, "written" | "deleted">> {
  writer: Writer;
  /** Writes a row as no code does. Neither that nor the deletion of the row is remembered. */
  damage(key: Deno.KvKey, value: unknown): Promise<void>;
  /** Every row that has not expired. */
  listAll(): Promise<Row<unknown>[]>;
}

const encode = (key: Deno.KvKey) => JSON.stringify(key);

/** Wraps a store. KV itself would expire rows by the clock of the machine. */
export function createRetentionStore(
  store: Store,
  { now }: { now: () => number },
): RetentionStore {
  const memory: Memory = { written: [], deleted: [], damaged: new Set(), expiries: new Map() };
  const current = async () => {
    await expire(memory, { store, now: now() });
    return store;
  };
  const recording: RetentionStore = {
    written: memory.written,
    deleted: memory.deleted,
    writer: "the service",
    get: async (key) => await (await current()).get(key),
    getMany: async (keys) => await (await current()).getMany(keys),
    list: async (selector, options) => await (await current()).list(selector, options),
    listAll: async () => await (await current()).list({ prefix: [] }, { limit: 10_000 }),
    async commit(write) {
      const { sets = [], deletes = [] } = write;
      const before = await Promise.all(deletes.map((key) => store.get(key)));
      // No row gets a lifetime in KV: its clock does not follow that of the test.
      const lasting = sets.map(({ key, value }) => ({ key, value }));
      if (!await (await current()).commit({ ...write, sets: lasting })) return false;
      const deleted = before.filter(({ versionstamp }) => versionstamp !== null);
      remember(memory, write, { deleted, by: recording.writer, now: now() });
      return true;
    },
    async damage(key, value) {
      memory.damaged.add(encode(key));
      await store.commit({ sets: [{ key, value }] });
    },
    close: () => store.close(),
  };
  return recording;
}

/** Deletes the rows whose time is over. */
async function expire(
  { expiries }: Memory,
  { store, now }: { store: Store; now: number },
): Promise<void> {
  const over = [...expiries.values()].filter(({ at }) => at <= now).map(({ key }) => key);
  if (over.length === 0) return;
  for (const key of over) expiries.delete(encode(key));
  await store.commit({ deletes: over });
}

function remember(
  memory: Memory,
  { sets = [], sums = [] }: Write,
  { deleted, by, now: at }: { deleted: readonly Row<unknown>[]; by: Writer; now: number },
): void {
  for (const { key } of deleted) {
    memory.expiries.delete(encode(key));
    if (!memory.damaged.delete(encode(key))) memory.deleted.push({ key, by });
  }
  for (const { key, value, expireInMs } of sets) {
    memory.written.push({ key, value, expireInMs, at });
    if (expireInMs === undefined) memory.expiries.delete(encode(key));
    else memory.expiries.set(encode(key), { key, at: at + Math.ceil(expireInMs) });
  }
  for (const { key } of sums) {
    memory.written.push({ key, value: undefined, expireInMs: undefined, at });
  }
}
