import assert from "node:assert/strict";
import { createEvents } from "./events.ts";

/** Reads what has come so far. */
async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const { value } = await reader.read();
  return new TextDecoder().decode(value);
}

Deno.test("createEvents() tells a new page of this run, what it has missed, and what comes", async () => {
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

Deno.test("createEvents() forgets a page that has gone", async () => {
  const events = createEvents();
  const gone = events.connect(() => []);
  await gone.body?.cancel();

  events.send({ id: "call-1", html: "" });
});
