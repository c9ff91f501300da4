// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { readBody, readJson } from "../../lib/http/body.ts";

/** The deadline is longer than any machine needs for a body that comes to its end. */
const LIMITS = { maxBytes: 16, deadlineMs: 60_000 };

/** A server that answers with the length of the body, or with the reason why it was refused. */
function startServer({ deadlineMs } = LIMITS): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  return Deno.serve(options, async (request) => {
    const body = await readBody(request, { ...LIMITS, deadlineMs });
    return new Response(body.ok ? `${body.value.length} bytes` : body.reason);
  });
}

/** A server that answers with the JSON that it read, or with the reason why it was refused. */
function startJsonServer(): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  return Deno.serve(options, async (request) => {
    const body = await readJson(request, z.unknown(), LIMITS);
    return new Response(body.ok ? JSON.stringify(body.value) : body.reason);
  });
}

/** Sends headers that no client library would send, and returns the answer. */
async function exchange(
  { addr: { port } }: Deno.HttpServer<Deno.NetAddr>,
  { head, body }: { head: readonly string[]; body: string },
): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = ["POST / HTTP/1.1", "Host: service", "Content-Type: application/json", ...head];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`));
  let answer = "";
  for await (const text of connection.readable.pipeThrough(new TextDecoderStream())) {
    answer += text;
    const [head = "", received] = answer.split("\r\n\r\n");
    const [, length] = /^content-length: (\d+)$/im.exec(head) ?? [];
    if (received !== undefined && received.length >= Number(length)) break;
  }
  return answer;
}

Deno.test("readBody() on a real socket", async (t) => {
  await using server = startServer();
  await using impatient = startServer({ ...LIMITS, deadlineMs: 100 });

  await t.step("refuses a body that stalls before its Content-Length", async () => {
    const answer = await exchange(impatient, {
      head: ["Content-Length: 9"],
      body: '{"a"',
    });

    assert.match(answer, /body_stalled$/);
  });

  await t.step("refuses a body that stalls within a chunk", async () => {
    const answer = await exchange(impatient, {
      head: ["Transfer-Encoding: chunked"],
      body: '4\r\n{"a"\r\n',
    });

    assert.match(answer, /body_stalled$/);
  });

  await t.step("refuses a Content-Length over the limit before the body arrives", async () => {
    const answer = await exchange(server, { head: ["Content-Length: 17"], body: "" });

    assert.match(answer, /body_too_large$/);
  });

  await t.step("refuses a chunk over the limit before the body ends", async () => {
    const answer = await exchange(server, {
      head: ["Transfer-Encoding: chunked"],
      body: "11\r\n01234567890123456\r\n",
    });

    assert.match(answer, /body_too_large$/);
  });

  await t.step("reads as many bytes as the Content-Length says, and no more", async () => {
    const answer = await exchange(server, { head: ["Content-Length: 2"], body: "{}rest" });

    assert.match(answer, /2 bytes/);
  });
});

// The service relies on the runtime here: it bounds a body by its Content-Length alone.
for (
  const [name, ...head] of [
    [
      "a Content-Length before Transfer-Encoding",
      "Content-Length: 3",
      "Transfer-Encoding: chunked",
    ],
    ["a Content-Length after Transfer-Encoding", "Transfer-Encoding: chunked", "Content-Length: 3"],
    [
      "a Content-Length with an identity coding",
      "Content-Length: 3",
      "Transfer-Encoding: identity",
    ],
    ["two different lengths", "Content-Length: 2", "Content-Length: 3"],
    ["a negative length", "Content-Length: -2"],
    ["a length with a sign", "Content-Length: +2"],
    ["a list of lengths", "Content-Length: 2, 2"],
    ["an empty length", "Content-Length: "],
  ] as const
) {
  Deno.test(`Deno's server refuses ${name}`, async () => {
    await using server = startJsonServer();

    const answer = await exchange(server, { head, body: "2\r\n{}\r\n0\r\n\r\n" });

    assert.match(answer, /^HTTP\/1\.1 400 /);
  });
}

Deno.test("readJson() on a real socket", async (t) => {
  await using server = startJsonServer();

  await t.step("reads as many bytes as the Content-Length says, and no more", async () => {
    const answer = await exchange(server, { head: ["Content-Length: 2"], body: "{}rest" });

    assert.match(answer, /\{\}$/);
  });

  await t.step("reads a body whose length is sent twice", async () => {
    const head = ["Content-Length: 2", "Content-Length: 2"];
    const answer = await exchange(server, { head, body: "{}" });

    assert.match(answer, /\{\}$/);
  });

  await t.step("refuses a body over the limit whose length is sent twice", async () => {
    const head = ["Content-Length: 19", "Content-Length: 19"];
    const answer = await exchange(server, { head, body: '"12345678901234567"' });

    assert.match(answer, /body_too_large$/);
  });
});
