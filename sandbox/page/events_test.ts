// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createEvents } from "./events.ts";

/** Reads the next chunk. */
async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read();
  return new TextDecoder().decode(value);
}

Deno.test("createEvents() sends a new page the run, the fragments that it missed, and new fragments", async () => {
  const events = createEvents();
  const response = events.connect(() => [{ id: "call-1", html: "<li>\n</li>" }]);
  const reader = response.body?.getReader() ?? assert.fail();

  events.send({ id: "call-2", html: "2", list: "calls", at: "end" });

  assert.match(await read(reader), /^event: run\ndata: \{"id":"[0-9a-f-]{36}"\}\n\n$/);
  assert.equal(
    await read(reader),
    'event: fragment\ndata: {"id":"call-1","html":"<li>\\n</li>"}\n\n',
  );
  assert.match(await read(reader), /^event: fragment\ndata: \{"id":"call-2"/);
  await reader.cancel();
});

Deno.test("createEvents() sends nothing to a page that was closed", async () => {
  const events = createEvents();
  const closed = events.connect(() => []);
  await closed.body?.cancel();

  events.send({ id: "call-1", html: "" });
});
