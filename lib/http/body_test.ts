// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { parseJson, readBody } from "./body.ts";

const JSON_TYPE = { "content-type": "application/json" };

function post(body: BodyInit | null, headers: Record<string, string> = JSON_TYPE): Request {
  return new Request("http://service/", { method: "POST", headers, body });
}

function stream(...chunks: string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
}

Deno.test("readBody() reads the exact bytes", async () => {
  const body = await readBody(post(' {"a": 1}\n'));

  assert(body.ok);
  assert.equal(new TextDecoder().decode(body.value), ' {"a": 1}\n');
});

Deno.test("readBody() joins the chunks of a stream", async () => {
  const body = await readBody(post(stream('{"a"', ":", "1}")));

  assert(body.ok);
  assert.equal(new TextDecoder().decode(body.value), '{"a":1}');
});

for (const type of ["application/json; charset=utf-8", "Application/JSON"]) {
  Deno.test(`readBody() accepts ${type}`, async () => {
    assert.equal((await readBody(post("{}", { "content-type": type }))).ok, true);
  });
}

for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]) {
  Deno.test(`readBody() refuses the content type "${type}"`, async () => {
    const body = await readBody(post("{}", { "content-type": type }));

    assert.deepEqual(body, { ok: false, reason: "content_type" });
  });
}

for (const encoding of ["gzip", "identity"]) {
  Deno.test(`readBody() refuses a body with the content encoding ${encoding}`, async () => {
    const body = await readBody(post("{}", { ...JSON_TYPE, "content-encoding": encoding }));

    assert.deepEqual(body, { ok: false, reason: "content_encoding" });
  });
}

Deno.test("readBody() refuses a length above the limit before it reads", async () => {
  const body = await readBody(post("{}", { ...JSON_TYPE, "content-length": "9" }), { maxBytes: 8 });

  assert.deepEqual(body, { ok: false, reason: "body_too_large" });
});

Deno.test("readBody() refuses a stream as soon as it exceeds the limit", async () => {
  const body = await readBody(post(stream("12345", "6789")), { maxBytes: 8 });

  assert.deepEqual(body, { ok: false, reason: "body_too_large" });
});

Deno.test("readBody() accepts a body of exactly the limit", async () => {
  assert.equal((await readBody(post(stream("12345678")), { maxBytes: 8 })).ok, true);
});

Deno.test("readBody() gives up on a body that stalls", async () => {
  const stalled = new ReadableStream<Uint8Array<ArrayBuffer>>();

  const body = await readBody(post(stalled), { deadlineMs: 1 });

  assert.deepEqual(body, { ok: false, reason: "body_stalled" });
});

Deno.test("readBody() gives up on a body that stalls before its length", async () => {
  const stalled = new ReadableStream<Uint8Array<ArrayBuffer>>();

  const body = await readBody(post(stalled, { ...JSON_TYPE, "content-length": "9" }), {
    deadlineMs: 1,
  });

  assert.deepEqual(body, { ok: false, reason: "body_stalled" });
});

Deno.test("readBody() refuses a body that is longer than its length says", async () => {
  const body = await readBody(post("123456789", { ...JSON_TYPE, "content-length": "2" }), {
    maxBytes: 8,
  });

  assert.deepEqual(body, { ok: false, reason: "body_too_large" });
});

Deno.test("readBody() counts chunks where the Content-Length is no number", async () => {
  let chunks = 0;
  const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      chunks++;
      controller.enqueue(new Uint8Array(8));
      if (chunks === 1_000) controller.close();
    },
  });
  const headers = { ...JSON_TYPE, "content-length": "2, 2" };

  const body = await readBody(post(endless, headers), { maxBytes: 80 });

  assert.deepEqual(body, { ok: false, reason: "body_too_large" });
  assert(chunks < 20, `${chunks} chunks were read`);
});

Deno.test("readBody() refuses a body whose sender disconnects", async () => {
  const broken = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => controller.error(new Error("gone")),
  });

  assert.deepEqual(await readBody(post(broken)), { ok: false, reason: "body_broken" });
});

const Shape = z.object({ account: z.object({ id: z.guid() }) });

Deno.test("parseJson() names the wrong field and quotes nothing", () => {
  const bytes = new TextEncoder().encode('{"account": {"id": "ada@example.com"}}');

  assert.deepEqual(parseJson(Shape, bytes), {
    ok: false,
    reason: "wrong_shape",
    field: "account.id",
  });
});

for (const [text, reason] of [["", "body_empty"], ["{", "not_json"], ["[]", "wrong_shape"]]) {
  Deno.test(`parseJson() refuses "${text}" as ${reason}`, () => {
    const parsed = parseJson(Shape, new TextEncoder().encode(text));

    assert(!parsed.ok);
    assert.equal(parsed.reason, reason);
  });
}

for (
  const [name, bytes] of [
    ["are not UTF-8", [0xff]],
    ["break off in a character", [0xe2, 0x82]],
    ["spell half a surrogate pair", [0xed, 0xa0, 0x80]],
    ["spell a character too long", [0xc0, 0xaf]],
  ] as const
) {
  Deno.test(`parseJson() refuses bytes that ${name}`, () => {
    const parsed = parseJson(z.unknown(), new Uint8Array([0x22, ...bytes, 0x22]));

    assert.deepEqual(parsed, { ok: false, reason: "not_json" });
  });
}

Deno.test("parseJson() keeps a replacement character that the sender sent", () => {
  const parsed = parseJson(z.unknown(), new TextEncoder().encode('"\ufffd"'));

  assert.deepEqual(parsed, { ok: true, value: "\ufffd" });
});
