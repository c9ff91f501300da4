// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createKvConnections } from "./connections.ts";

/** A connection that only knows whether it was closed. */
function createConnection(): Deno.Kv & { isClosed: boolean } {
  const connection = {
    isClosed: false,
    close() {
      assert(!connection.isClosed, "closed twice");
      connection.isClosed = true;
    },
  };
  return connection as unknown as Deno.Kv & { isClosed: boolean }; // nothing else is called here
}

/** Connections, and a list of those that were opened. */
function create(
  { isServer = true, openMore }: { isServer?: boolean; openMore?: () => Promise<Deno.Kv> } = {},
) {
  const opened: (Deno.Kv & { isClosed: boolean })[] = [];
  function open(): Promise<Deno.Kv> {
    const connection = createConnection();
    opened.push(connection);
    return Promise.resolve(connection);
  }
  return {
    opened,
    connections: createKvConnections({ open, openMore: isServer ? openMore ?? open : undefined }),
  };
}

/** Lets pending promises settle. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("KvConnections has one connection for all calls to a file", async () => {
  const { connections, opened } = create({ isServer: false });

  const taken = await Promise.all(Array.from({ length: 5 }, () => connections.acquire()));
  await settle();

  assert.equal(new Set([...taken, await connections.acquire()]).size, 1);
  assert.equal(opened.length, 1);
});

Deno.test("KvConnections gives each of the concurrent calls to a server its own connection", async () => {
  const { connections, opened } = create();
  await connections.acquire(); // opens the first, which calls share
  await Promise.all([connections.acquire(), connections.acquire()]);
  await settle();

  const own = [await connections.acquire(), await connections.acquire()];

  assert.equal(new Set([opened[0], ...own]).size, 3);
  for (const connection of own) connections.release(connection);
  await connections.acquire();
  assert.equal(opened.length, 3);
});

Deno.test("KvConnections opens at most 17 connections for any number of calls", async () => {
  const { connections, opened } = create();
  await connections.acquire();

  for (let call = 0; call < 500; call++) await connections.acquire();
  await settle();

  assert.equal(opened.length, 17);
});

Deno.test("KvConnections lets a crowd share the first connection until few calls are left", async () => {
  const { connections, opened } = create();
  const crowd: Deno.Kv[] = [];
  for (let call = 0; call < 20; call++) crowd.push(await connections.acquire());
  await settle();
  const isShared = async () => {
    const connection = await connections.acquire();
    connections.release(connection);
    return connection === opened[0];
  };

  // The next call of a crowd comes when one has ended.
  const shared: boolean[] = [];
  for (const connection of crowd) {
    connections.release(connection);
    shared.push(await isShared());
  }

  assert.deepEqual(shared, crowd.map((_, ended) => 20 - ended - 1 > 3));
});

Deno.test("KvConnections does not count calls for which no connection could be opened", async () => {
  let isDown = true;
  const open = () =>
    isDown ? Promise.reject(new TypeError("down")) : Promise.resolve(createConnection());
  const connections = createKvConnections({ open, openMore: open });
  for (let call = 0; call < 20; call++) await assert.rejects(connections.acquire(), /down/);
  isDown = false;
  const first = await connections.acquire();
  await connections.acquire(); // opens another
  await settle();

  assert.notEqual(await connections.acquire(), first);
});

Deno.test("KvConnections uses the first connection while no other can be opened", async () => {
  let tries = 0;
  const openMore = () => (tries++, Promise.reject(new TypeError("No server")));
  const { connections, opened } = create({ openMore });
  const first = await connections.acquire();

  assert.equal(await connections.acquire(), first);
  await settle();
  assert.equal(await connections.acquire(), first);
  assert.deepEqual([opened.length, tries], [1, 2]);
});

Deno.test("KvConnections tries to open the first connection again with the next call", async () => {
  const answers = [Promise.reject(new TypeError("Not yet")), Promise.resolve(createConnection())];
  const connections = createKvConnections({ open: () => answers.shift() ?? Promise.reject() });

  await assert.rejects(connections.acquire(), /Not yet/);

  assert(await connections.acquire());
});

Deno.test("KvConnections.close() closes all connections, also one that is being opened", async () => {
  const late = createConnection();
  const opening = Promise.withResolvers<Deno.Kv>();
  const { connections, opened } = create({ openMore: () => opening.promise });
  await connections.acquire();
  await connections.acquire();

  await connections.close();
  await connections.close();
  opening.resolve(late);
  await settle();

  assert.deepEqual([opened[0]?.isClosed, late.isClosed], [true, true]);
  await assert.rejects(connections.acquire(), /closed/);
});
