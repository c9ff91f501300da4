// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { UpstreamError } from "../../lib/upstream/error.ts";
import { createUpstream, type UpstreamAnswer } from "../../lib/upstream/call.ts";

const MIB = 1024 * 1024;

/** Longer than any machine needs for an answer that comes to its end. */
const LONG_MS = 60_000;

/** Answers that are malformed on the wire, and the reason that the error has. */
const BROKEN: readonly {
  what: string;
  head: readonly string[];
  body: string | Uint8Array<ArrayBuffer>;
  /** Whether the upstream closes the connection after the bytes. Otherwise it sends nothing more. */
  isClosed?: boolean;
  reason: string;
}[] = [
  {
    what: "that stalls before its Content-Length",
    head: ["Content-Length: 9"],
    body: '{"a"',
    reason: "timeout",
  },
  {
    what: "that stalls within a chunk",
    head: ["Transfer-Encoding: chunked"],
    body: '4\r\n{"a"\r\n',
    reason: "timeout",
  },
  {
    what: "that ends before its Content-Length",
    head: ["Content-Length: 9"],
    body: '{"a"',
    isClosed: true,
    reason: "network",
  },
  {
    what: "with a Content-Length over the limit",
    head: [`Content-Length: ${MIB + 1}`],
    body: "x".repeat(MIB + 1),
    reason: "too_large",
  },
  {
    what: "that exceeds the limit when it is decompressed",
    head: ["Content-Encoding: gzip", `Content-Length: ${gzipSync("x".repeat(2 * MIB)).length}`],
    body: new Uint8Array(gzipSync("x".repeat(2 * MIB))),
    reason: "too_large",
  },
];

/** An upstream that sends these bytes to its first caller. */
function serveBytes(
  { head, body, isClosed = false }: {
    head: readonly string[];
    body: string | Uint8Array<ArrayBuffer>;
    isClosed?: boolean;
  },
): { url: URL } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connected = (async () => {
    const connection = await listener.accept();
    await connection.read(new Uint8Array(4_096));
    const lines = ["HTTP/1.1 200 OK", "Content-Type: application/json", ...head];
    const sent = new Blob([`${lines.join("\r\n")}\r\n\r\n`, body]).stream();
    // The caller may close the connection before it has read everything.
    await sent.pipeTo(connection.writable, { preventClose: true }).catch(() => {});
    if (isClosed) connection.close();
    return connection;
  })();
  return {
    url: new URL(`http://127.0.0.1:${listener.addr.port}/`),
    async [Symbol.asyncDispose]() {
      const connection = await connected;
      if (!isClosed) connection.close();
      listener.close();
    },
  };
}

async function call(url: URL, timeoutMs: number): Promise<UpstreamAnswer> {
  const callUpstream = createUpstream({ fetch, origins: new Set([url.origin]), now: Date.now });
  const headers = { connection: "close" };
  return await callUpstream({
    upstream: "jumio",
    action: "read a thing",
    method: "GET",
    url,
    headers,
    timeoutMs,
  });
}

for (const { what, reason, ...bytes } of BROKEN) {
  Deno.test(`createUpstream() on a real socket rejects an answer ${what}`, async () => {
    await using server = serveBytes(bytes);

    const timeoutMs = reason === "timeout" ? 300 : LONG_MS;
    const error = await call(server.url, timeoutMs).then(() => undefined, (thrown) => thrown);

    assert(error instanceof UpstreamError);
    assert.equal(error.reason, reason);
  });
}

const COMPLETE: readonly { what: string; head: readonly string[]; body: string }[] = [
  { what: "with a Content-Length", head: ["Content-Length: 7"], body: '{"a":1}' },
  { what: "in chunks", head: ["Transfer-Encoding: chunked"], body: '7\r\n{"a":1}\r\n0\r\n\r\n' },
];

for (const { what, ...bytes } of COMPLETE) {
  Deno.test(`createUpstream() on a real socket reads an answer ${what}`, async () => {
    await using server = serveBytes(bytes);

    assert.deepEqual((await call(server.url, LONG_MS)).json, { a: 1 });
  });
}
