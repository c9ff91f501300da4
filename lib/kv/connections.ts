/** More are under way in a storm alone, where those on a common one carry each other on. */
const MAX_CONNECTIONS = 16;

export interface KvConnections {
  /** One for a call. */
  acquire(): Promise<Deno.Kv>;
  /** For the next call. */
  release(connection: Deno.Kv): void;
  /** Closes them. Once more does nothing. */
  close(): Promise<void>;
}

/**
 * Creates the connections. The first is opened at the first use, and tried again at the next while it
 * cannot be opened. A file has this one alone: two lock each other out.
 *
 * For a server, `openMore` opens others, so that calls under way have a connection each. On
 * a common one an answer that follows another is held back by TCP until the first is acknowledged,
 * up to 40 ms: a callback that took 81 ms at the 99th percentile takes 9 without. The first is
 * common to all for whom there is none yet.
 */
export function createKvConnections(
  { open, openMore }: {
    open: () => Promise<Deno.Kv>;
    openMore?: (() => Promise<Deno.Kv>) | undefined;
  },
): KvConnections {
  const more = new Set<Deno.Kv>();
  const idle: Deno.Kv[] = [];
  let opening = 0;
  let first: Promise<Deno.Kv> | undefined;
  let isOpen = false;
  let isClosed = false;

  async function openFirst(): Promise<Deno.Kv> {
    try {
      const connection = await open();
      isOpen = true;
      return connection;
    } catch (cause) {
      first = undefined;
      throw cause;
    }
  }

  async function openAnother(openOne: () => Promise<Deno.Kv>): Promise<void> {
    opening++;
    try {
      const connection = await openOne();
      if (isClosed) return connection.close();
      more.add(connection);
      idle.push(connection);
    } catch {
      // Whoever wanted it is served by the first, and is told by that what is wrong.
    } finally {
      opening--;
    }
  }

  return {
    acquire() {
      if (isClosed) return Promise.reject(new Error("The store is closed"));
      const connection = idle.pop();
      if (connection !== undefined) return Promise.resolve(connection);
      if (isOpen && openMore !== undefined && more.size + opening < MAX_CONNECTIONS) {
        void openAnother(openMore);
      }
      first ??= openFirst();
      return first;
    },
    release(connection) {
      if (more.has(connection)) idle.push(connection);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const connection of more) connection.close();
      (await first?.catch(() => undefined))?.close();
    },
  };
}
