// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { readJson } from "./body.ts";

const JSON_TYPE = { "content-type": "application/json" };

function post(body: BodyInit | null, headers: Record<string, string> = JSON_TYPE): Request {
  return new Request("http://service/", { method: "POST", headers, body });
}

function stream(...chunks: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
}

const Body = z.object({ a: z.number() });

for (
  const [name, body, headers] of [
    ["a body of a known length", '{"a":1}', { ...JSON_TYPE, "content-length": "7" }],
    ["a stream", stream('{"a"', ":1}"), JSON_TYPE],
  ] as const
) {
  Deno.test(`readJson() reads ${name}`, async () => {
    assert.deepEqual(await readJson(post(body, headers), Body), { ok: true, value: { a: 1 } });
  });
}

for (
  const [reason, body, length] of [
    ["body_empty", "", "0"],
    ["not_json", '{"a":', "5"],
    ["body_too_large", "{}", String(64 * 1024 + 1)],
  ] as const
) {
  Deno.test(`readJson() refuses a body of a known length as ${reason}`, async () => {
    const read = await readJson(post(body, { ...JSON_TYPE, "content-length": length }), Body);

    assert.deepEqual(read, { ok: false, reason });
  });
}

Deno.test("readJson() names the field of a wrong shape", async () => {
  const read = await readJson(post('{"a":"1"}', { ...JSON_TYPE, "content-length": "9" }), Body);

  assert.deepEqual(read, { ok: false, reason: "wrong_shape", field: "a" });
});

Deno.test("readJson() gives up on a body of a known length that stalls", async () => {
  const stalled = post(new ReadableStream(), { ...JSON_TYPE, "content-length": "9" });

  assert.deepEqual(await readJson(stalled, Body, { deadlineMs: 1 }), {
    ok: false,
    reason: "body_stalled",
  });
});

Deno.test("readJson() refuses a body of a known length that breaks off", async () => {
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  const request = post(broken, { ...JSON_TYPE, "content-length": "9" });

  assert.deepEqual(await readJson(request, Body), { ok: false, reason: "body_broken" });
});

Deno.test("readJson() refuses another content type", async () => {
  const request = post("{}", { "content-type": "text/plain", "content-length": "2" });

  assert.deepEqual(await readJson(request, Body), { ok: false, reason: "content_type" });
});

Deno.test("readJson() counts chunks where the Content-Length is no number", async () => {
  const large = stream('{"a":1', " ".repeat(64 * 1024), "}");
  const request = post(large, { ...JSON_TYPE, "content-length": "9, 9" });

  assert.deepEqual(await readJson(request, Body), { ok: false, reason: "body_too_large" });
});
