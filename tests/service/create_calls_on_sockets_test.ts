// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createUpstream } from "../../lib/upstream/call.ts";
import { UpstreamError } from "../../lib/upstream/error.ts";
import { createFetchOnce } from "../../lib/upstream/fetch_once.ts";

const OK = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

/**
 * A server that answers the first request of each connection and keeps the connection. Of a later
 * request it reads all, and closes the connection without an answer. It does so as well with a first
 * request for `/lost`.
 */
function startServer(): { url: URL; received: string[]; stop(): Promise<void> } {
  const received: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();

  async function serve(connection: Deno.Conn): Promise<void> {
    connections.add(connection);
    const buffer = new Uint8Array(65_536);
    for (let requests = 1;; requests++) {
      const length = await connection.read(buffer).catch(() => null);
      if (length === null) return;
      const line = new TextDecoder().decode(buffer.subarray(0, length)).split("\r\n")[0] ?? "";
      received.push(line);
      if (requests > 1 || line.includes("/lost")) break;
      await connection.write(new TextEncoder().encode(OK));
    }
    connections.delete(connection);
    connection.close();
  }

  const serving = (async () => {
    for await (const connection of listener) void serve(connection);
  })();
  return {
    url: new URL(`http://127.0.0.1:${listener.addr.port}/`),
    received,
    async stop() {
      listener.close();
      await serving;
      for (const connection of connections) connection.close();
    },
  };
}

async function callTwice(isSentOnce: boolean): Promise<{ received: string[]; error: unknown }> {
  const { url, received, stop } = startServer();
  const call = createUpstream({
    fetch,
    fetchOnce: createFetchOnce(fetch),
    now: () => 0,
    origins: new Set([url.origin]),
  });
  const request = { upstream: "jumio", action: "create", headers: {}, isSentOnce } as const;
  await call({ ...request, method: "GET", url });
  let error: unknown;
  try {
    await call({ ...request, method: "POST", url: new URL("/accounts", url), body: "{}" });
    await call({ ...request, method: "POST", url: new URL("/lost", url), body: "{}" });
  } catch (caught) {
    error = caught;
  }
  await stop();
  return { received, error };
}

Deno.test({
  name: "a create call is sent once, also if its connection dies after the server has read it",
  sanitizeResources: false, // the client of createFetchOnce() lives as long as the process
  async fn() {
    const { received, error } = await callTwice(true);

    assert.equal(received.filter((line) => line.includes("/accounts")).length, 1);
    assert.equal(received.filter((line) => line.includes("/lost")).length, 1);
    assert(error instanceof UpstreamError);
    assert.deepEqual([error.reason, error.wasSent], ["network", true]);
  },
});

Deno.test({
  name: "without a connection of its own, Deno sends a POST twice",
  sanitizeResources: false,
  async fn() {
    const { received } = await callTwice(false);

    // When this fails, deno#35610 is mended and createFetchOnce() can go.
    assert.equal(received.filter((line) => line.includes("/accounts")).length, 2);
  },
});

Deno.test({
  name: "a refused connection is known as a request that was not sent",
  sanitizeResources: false,
  async fn() {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = new URL(`http://127.0.0.1:${listener.addr.port}/`);
    listener.close();
    const call = createUpstream({
      fetch,
      fetchOnce: createFetchOnce(fetch),
      now: () => 0,
      origins: new Set([url.origin]),
    });
    const request = { upstream: "jumio", action: "create", headers: {}, url, body: "{}" } as const;

    await assert.rejects(
      call({ ...request, method: "POST", isSentOnce: true }),
      (error) => error instanceof UpstreamError && !error.wasSent && error.reason === "network",
    );
  },
});
