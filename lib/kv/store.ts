import { UpstreamError } from "../upstream/error.ts";
import { commitWrite } from "./commit.ts";
import { classifyKvFailure } from "./failure.ts";
import { createKvConnections } from "./connections.ts";
import type { Row, Write } from "./write.ts";

/** The longest that a KV call may take. A call that is given up may still be carried out later. */
const DEADLINE_MS = 3_000;

/**
 * How many calls are under way at once. In a storm the others wait here, where their deadlines do not
 * run yet: KV takes each in its turn anyway, and one that is given up there is carried out for nobody.
 * When a call has to be given up, KV hangs, and so are all that wait.
 */
const MAX_CALLS = 64;

/** As many rows of a list as KV gives at once. */
const MAX_LIST_BATCH = 500;

/** How often a write is tried while another process holds the file. */
const LOCKED_ATTEMPTS = 20;
const LOCKED_PAUSE_MS = 25;

/**
 * What is kept, in Deno KV. Each call has a deadline, because a remote KV that is gone lets calls
 * hang for ever; each throws an {@linkcode UpstreamError} of `kv`.
 */
export interface Store {
  /** The caller names the type of the value: only this program writes here. */
  get<Value>(key: Deno.KvKey): Promise<Row<Value>>;
  /** Several rows, at most 10, as they are at one moment and in one round trip. */
  getMany<Values extends readonly unknown[]>(
    keys: readonly [...{ [Index in keyof Values]: Deno.KvKey }],
  ): Promise<{ [Index in keyof Values]: Row<Values[Index]> }>;
  /** Rows of a range, in the order of their keys or against it. */
  list<Value>(
    selector: Deno.KvListSelector,
    options: { limit: number; reverse?: boolean },
  ): Promise<Row<Value>[]>;
  /** False when a check did not hold: nothing was written then. */
  commit(write: Write): Promise<boolean>;
  /** Closes the connection, once. */
  close(): Promise<void>;
}

/** Creates a store. What `open` and `openMore` are for, {@linkcode createKvConnections} says. */
export function createStore(
  { open, openMore, deadlineMs = DEADLINE_MS, random = Math.random }: {
    open: () => Promise<Deno.Kv>;
    openMore?: (() => Promise<Deno.Kv>) | undefined;
    deadlineMs?: number;
    random?: () => number;
  },
): Store {
  const connections = createKvConnections({ open, openMore });
  const isServer = openMore !== undefined;
  const waiting: { resolve: () => void; reject: (reason: unknown) => void }[] = [];
  let calls = 0;

  async function call<Value>(
    action: string,
    work: (kv: Deno.Kv) => Promise<Value>,
  ): Promise<Value> {
    await acquireCall();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const error = new UpstreamError("kv", "timeout", { action });
      reject(error);
      for (const { reject: giveUp } of waiting.splice(0)) giveUp(error);
    }, deadlineMs);
    try {
      return await Promise.race([onHandle(work), late]);
    } catch (cause) {
      if (cause instanceof UpstreamError) throw cause;
      throw new UpstreamError("kv", classifyKvFailure(cause), { action, cause });
    } finally {
      clearTimeout(timer);
      releaseCall();
    }
  }

  /** Gives the connection back when the work ends, also when nobody waits for that any more. */
  async function onHandle<Value>(work: (kv: Deno.Kv) => Promise<Value>): Promise<Value> {
    const kv = await connections.acquire();
    try {
      return await work(kv);
    } finally {
      connections.release(kv);
    }
  }

  function acquireCall(): Promise<void> | undefined {
    if (calls < MAX_CALLS) {
      calls++;
      return undefined;
    }
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  }

  function releaseCall(): void {
    const next = waiting.shift();
    if (next === undefined) calls--;
    else next.resolve();
  }

  return {
    get: (key) => call("read from KV", async (kv) => await kv.get(key)),
    getMany: (keys) => call("read from KV", async (kv) => await kv.getMany([...keys])),
    list(selector, options) {
      // In one round trip where KV allows it.
      const batchSize = Math.min(options.limit, MAX_LIST_BATCH);
      return call(
        "list from KV",
        (kv) => Array.fromAsync(kv.list(selector, { ...options, batchSize })),
      );
    },
    commit: (write) =>
      call("write to KV", async (kv) => {
        for (let attempt = 1;; attempt++) {
          try {
            return await commitWrite(kv, write, { isServer });
          } catch (error) {
            // Nothing was written: another process held the file for a moment.
            if (classifyKvFailure(error) !== "locked" || attempt === LOCKED_ATTEMPTS) throw error;
            await new Promise((resolve) => setTimeout(resolve, random() * LOCKED_PAUSE_MS));
          }
        }
      }),
    close: () => connections.close(),
  };
}
