import assert from "node:assert/strict";
import { createKvConnections } from "./connections.ts";

/** A connection that knows no more than whether it was closed. */
function createHandle(): Deno.Kv & { isClosed: boolean } {
  const connection = {
    isClosed: false,
    close() {
      assert(!connection.isClosed, "closed twice");
      connection.isClosed = true;
    },
  };
  return connection as unknown as Deno.Kv & { isClosed: boolean }; // nothing else is called here
}

/** Handles whose openings are counted. */
function createCounted(
  { isServer = true, openMore }: { isServer?: boolean; openMore?: () => Promise<Deno.Kv> } = {},
) {
  const opened: (Deno.Kv & { isClosed: boolean })[] = [];
  function open(): Promise<Deno.Kv> {
    const connection = createHandle();
    opened.push(connection);
    return Promise.resolve(connection);
  }
  return {
    opened,
    connections: createKvConnections({ open, openMore: isServer ? openMore ?? open : undefined }),
  };
}

/** Lets what was begun in the background end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("KvHandles has one connection for all calls to a file", async () => {
  const { connections, opened } = createCounted({ isServer: false });

  const taken = await Promise.all(Array.from({ length: 5 }, () => connections.acquire()));
  await settle();

  assert.equal(new Set([...taken, await connections.acquire()]).size, 1);
  assert.equal(opened.length, 1);
});

Deno.test("KvHandles gives each call to a server that is under way a connection of its own", async () => {
  const { connections, opened } = createCounted();
  await connections.acquire(); // opens the first, which is everybody's
  await Promise.all([connections.acquire(), connections.acquire()]);
  await settle();

  const own = [await connections.acquire(), await connections.acquire()];

  assert.equal(new Set([opened[0], ...own]).size, 3);
  for (const connection of own) connections.release(connection);
  await connections.acquire();
  assert.equal(opened.length, 3);
});

Deno.test("KvHandles opens a bounded number, however many calls there are", async () => {
  const { connections, opened } = createCounted();
  await connections.acquire();

  for (let call = 0; call < 500; call++) await connections.acquire();
  await settle();

  assert.equal(opened.length, 17);
});

Deno.test("KvHandles goes on with the first while no other can be opened", async () => {
  let tries = 0;
  const openMore = () => (tries++, Promise.reject(new TypeError("Nobody is there")));
  const { connections, opened } = createCounted({ openMore });
  const first = await connections.acquire();

  assert.equal(await connections.acquire(), first);
  await settle();
  assert.equal(await connections.acquire(), first);
  assert.deepEqual([opened.length, tries], [1, 2]);
});

Deno.test("KvHandles tries the first again at the next call", async () => {
  const answers = [Promise.reject(new TypeError("Not yet")), Promise.resolve(createHandle())];
  const connections = createKvConnections({ open: () => answers.shift() ?? Promise.reject() });

  await assert.rejects(connections.acquire(), /Not yet/);

  assert(await connections.acquire());
});

Deno.test("KvHandles.close() closes all, also one that is opened at that moment", async () => {
  const late = createHandle();
  const opening = Promise.withResolvers<Deno.Kv>();
  const { connections, opened } = createCounted({ openMore: () => opening.promise });
  await connections.acquire();
  await connections.acquire();

  await connections.close();
  await connections.close();
  opening.resolve(late);
  await settle();

  assert.deepEqual([opened[0]?.isClosed, late.isClosed], [true, true]);
  await assert.rejects(connections.acquire(), /closed/);
});
