// SPDX-License-Identifier: Apache-2.0
import { UpstreamError } from "../upstream/error.ts";
import { setOwnDeadline, type SetTimer, waitAtMost } from "../deadline.ts";
import { createSharedReads } from "./_shared_reads.ts";
import { createSemaphore } from "./_semaphore.ts";
import { commitWhenUnlocked } from "./commit.ts";
import { createKvConnections, type KvConnections } from "./connections.ts";
import { classifyKvFailure } from "./failure.ts";
import { assertCommittable, type Row, type Write } from "./write.ts";

/** The longest that a call may take. KV may still carry out a call that was given up. */
const DEADLINE_MS = 3_000;

/** A file that stays locked fails this long before the deadline, to be told from a KV that hangs. */
const LOCKED_MARGIN_MS = 100;

/**
 * How many calls run at once. In a storm the others wait here, before their deadlines begin: KV
 * does one call after the other anyway, and it would still do the calls that were given up. When a
 * call runs into its deadline KV hangs, and the calls that wait are given up too.
 */
const MAX_CALLS = 64;

/** How many rows KV returns in one batch. */
const MAX_LIST_BATCH = 500;

/**
 * What the service stores, in Deno KV. Each call has a deadline, because calls to a KV server that
 * is gone never end. A failed call throws an {@linkcode UpstreamError} of `kv`.
 */
export interface Store {
  /**
   * The caller names the type of the value, which can be relied on: only this program writes here.
   */
  get<Value>(key: Deno.KvKey): Promise<Row<Value>>;
  /** Reads at most 10 rows as of one moment, in one round trip. */
  getMany<Values extends readonly unknown[]>(
    keys: readonly [...{ [Index in keyof Values]: Deno.KvKey }],
  ): Promise<{ [Index in keyof Values]: Row<Values[Index]> }>;
  /** Lists the rows of a range in the order of their keys, or in reverse. */
  list<Value>(
    selector: Deno.KvListSelector,
    options: { limit: number; reverse?: boolean },
  ): Promise<Row<Value>[]>;
  /** False where a check did not hold: nothing was written. */
  commit(write: Write): Promise<boolean>;
  /** Closes all connections. Closing again does nothing. */
  close(): Promise<void>;
}

/** Creates a store. {@linkcode createKvConnections} explains `open` and `openMore`. */
export function createStore(
  {
    open,
    openMore,
    checkFile = () => Promise.resolve(),
    deadlineMs = DEADLINE_MS,
    setDeadline = setOwnDeadline,
    random = () => 1,
  }: {
    open: () => Promise<Deno.Kv>;
    openMore?: (() => Promise<Deno.Kv>) | undefined;
    /** Awaited before each write, which throws what this throws. */
    checkFile?: (() => Promise<void>) | undefined;
    deadlineMs?: number;
    /** Shared deadlines are cheaper than one timer for each call, and may be a little late. */
    setDeadline?: SetTimer;
    /**
     * Spreads the attempts of several processes on a locked file. Without it, all wait equally
     * long.
     */
    random?: () => number;
  },
): Store {
  const connections = createKvConnections({ open, openMore });
  const call = createCall(connections, { deadlineMs, setDeadline });
  const isServer = openMore !== undefined;
  const maxWaitMs = deadlineMs - LOCKED_MARGIN_MS;
  const getMany: Store["getMany"] = (keys) =>
    call("read from KV", async (kv) => await kv.getMany([...keys]));
  // A server's answer with several rows is so large that TCP holds a part of it back, for 40 ms.
  const get = isServer
    ? (key: Deno.KvKey) => call("read from KV", async (kv) => await kv.get(key))
    : createSharedReads(getMany);

  return {
    get: <Value>(key: Deno.KvKey) => get(key) as Promise<Row<Value>>,
    getMany,
    list(selector, options) {
      // One round trip, up to KV's limit.
      const batchSize = Math.min(options.limit, MAX_LIST_BATCH);
      return call(
        "list from KV",
        (kv) => Array.fromAsync(kv.list(selector, { ...options, batchSize })),
      );
    },
    async commit(write) {
      assertCommittable(write);
      await checkFile();
      return await call(
        "write to KV",
        (kv) => commitWhenUnlocked(kv, write, { isServer, random, maxWaitMs }),
      );
    },
    close: () => connections.close(),
  };
}

type Call = <Value extends object | boolean>(
  action: string,
  work: (kv: Deno.Kv) => Promise<Value>,
) => Promise<Value>;

/** Creates a function that makes a call on one of the connections, with all limits and errors. */
function createCall(
  connections: KvConnections,
  { deadlineMs, setDeadline }: { deadlineMs: number; setDeadline: SetTimer },
): Call {
  const calls = createSemaphore(MAX_CALLS);

  /** Releases the connection when the work ends, even if its call was given up before. */
  async function withConnection<Value>(work: (kv: Deno.Kv) => Promise<Value>): Promise<Value> {
    const kv = await connections.acquire();
    try {
      return await work(kv);
    } finally {
      connections.release(kv);
    }
  }

  return async (action, work) => {
    await calls.acquire();
    try {
      const value = await waitAtMost(deadlineMs, withConnection(work), { setTimer: setDeadline });
      if (value !== undefined) return value;
      const error = new UpstreamError("kv", "timeout", { action });
      calls.rejectWaiting(error);
      throw error;
    } catch (cause) {
      if (cause instanceof UpstreamError) throw cause;
      throw new UpstreamError("kv", classifyKvFailure(cause), { action, cause });
    } finally {
      calls.release();
    }
  };
}
