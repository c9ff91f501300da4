// SPDX-License-Identifier: Apache-2.0
/**
 * Sends a request to 127.0.0.1 byte by byte as it is written, as no client library would send it, and
 * returns the whole answer. `\xff` stands for that byte.
 */
export async function sendRaw(
  port: number,
  { line, headers = ["Host: a"], body = "" }: {
    /** Method and target. */
    line: string;
    headers?: readonly string[];
    body?: string;
  },
): Promise<{ status: number; text: string }> {
  const lines = [`${line} HTTP/1.1`, ...headers, `Content-Length: ${body.length}`];
  const request = `${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n${body}`;
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const writer = connection.writable.getWriter();
  await writer.write(Uint8Array.from(request, (character) => character.charCodeAt(0)));
  writer.releaseLock();
  const text = await new Response(connection.readable).text();
  return { status: Number(text.split(" ")[1]), text };
}
