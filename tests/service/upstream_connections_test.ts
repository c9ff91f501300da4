// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createUpstream, type UpstreamCall } from "../../lib/upstream/call.ts";

/** An upstream that records the connections over which it is called. */
function startServer(): {
  server: Deno.HttpServer<Deno.NetAddr>;
  url: URL;
  connections: ReadonlySet<number>;
} {
  const connections = new Set<number>();
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(options, (_request, { remoteAddr }) => {
    connections.add(remoteAddr.port);
    return Response.json({ padding: "x".repeat(20_000) });
  });
  return { server, url: new URL(`http://127.0.0.1:${server.addr.port}/`), connections };
}

Deno.test({
  name: "createUpstream() reuses connections for the next calls",
  async fn() {
    const { server, url, connections } = startServer();
    const call = createUpstream({ fetch, now: () => 0, origins: new Set([url.origin]) });
    const request: UpstreamCall = {
      upstream: "kratos",
      action: "test",
      method: "PATCH",
      url,
      headers: {},
      body: "[]",
    };

    for (let round = 0; round < 20; round++) await call(request);
    const inSequence = connections.size;
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 8 }, () => call(request)));
    }
    await server.shutdown();

    assert.equal(inSequence, 1);
    assert(connections.size <= 8, `60 calls, 8 at a time, used ${connections.size} connections`);
  },
});
