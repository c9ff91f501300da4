import assert from "node:assert/strict";
import { readBody } from "../../lib/http/body.ts";

/** A server that says what became of a body, over a real socket. */
function startServer(): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  return Deno.serve(options, async (request) => {
    const body = await readBody(request, { maxBytes: 16, deadlineMs: 100 });
    return new Response(body.ok ? `${body.value.length} bytes` : body.reason);
  });
}

/** Sends what no client would, and returns the first of what comes back. */
async function exchange(
  { addr: { port } }: Deno.HttpServer<Deno.NetAddr>,
  { head, body }: { head: readonly string[]; body: string },
): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = ["POST / HTTP/1.1", "Host: service", "Content-Type: application/json", ...head];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`));
  const bytes = new Uint8Array(4_096);
  const length = await connection.read(bytes) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, length));
}

Deno.test("readBody() on a real socket", async (t) => {
  await using server = startServer();

  await t.step("gives up a sender that stalls short of its length", async () => {
    const answer = await exchange(server, {
      head: ["Content-Length: 9"],
      body: '{"a"',
    });

    assert.match(answer, /body_stalled$/);
  });

  await t.step("gives up a sender that stalls in its chunks", async () => {
    const answer = await exchange(server, {
      head: ["Transfer-Encoding: chunked"],
      body: '4\r\n{"a"\r\n',
    });

    assert.match(answer, /body_stalled$/);
  });

  await t.step("refuses a length over the limit before the body is there", async () => {
    const answer = await exchange(server, { head: ["Content-Length: 17"], body: "" });

    assert.match(answer, /body_too_large$/);
  });

  await t.step("refuses chunks over the limit before they end", async () => {
    const answer = await exchange(server, {
      head: ["Transfer-Encoding: chunked"],
      body: "11\r\n01234567890123456\r\n",
    });

    assert.match(answer, /body_too_large$/);
  });

  await t.step("takes no chunks behind a length", async () => {
    const answer = await exchange(server, {
      head: ["Content-Length: 3", "Transfer-Encoding: chunked"],
      body: "11\r\n01234567890123456\r\n0\r\n\r\n",
    });

    assert.match(answer, /^HTTP\/1\.1 400 |body_too_large$/);
  });

  await t.step("gives a body of its length, whatever follows it", async () => {
    const answer = await exchange(server, { head: ["Content-Length: 2"], body: "{}rest" });

    assert.match(answer, /2 bytes/);
  });
});
