// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { readForm } from "./form.ts";

const FORM_TYPE = "application/x-www-form-urlencoded";
const Name = z.object({ name: z.string().min(1) });

Deno.test("readForm() reads the fields of the schema and ignores others", async () => {
  const request = createRequest("name=Ada+L.%20%C3%A9&other=1");

  const form = await readForm(request, { schema: Name });

  assert.deepEqual(form, { ok: true, value: { name: "Ada L. é" } });
});

Deno.test("readForm() takes the last of fields with the same name", async () => {
  const form = await readForm(createRequest("name=a&name=b"), { schema: Name });

  assert.deepEqual(form, { ok: true, value: { name: "b" } });
});

Deno.test("readForm() accepts a content type with a parameter", async () => {
  const request = createRequest("name=a", { "content-type": `${FORM_TYPE}; charset=UTF-8` });

  assert.equal((await readForm(request, { schema: Name })).ok, true);
});

const REFUSALS: readonly [reason: string, request: () => Request][] = [
  ["form_fields", () => createRequest("name=")],
  ["form_fields", () => createRequest("")],
  ["form_fields", () => createRequest("\u0000=%zz")],
  ["form_type", () => createRequest('{"name":"a"}', { "content-type": "application/json" })],
  ["form_type", () => createRequest("name=a", { "content-type": "multipart/form-data" })],
  ["body_too_large", () => createRequest(`name=${"a".repeat(4096)}`)],
];

for (const [index, [reason, request]] of REFUSALS.entries()) {
  Deno.test(`readForm() refuses with ${reason} (${index})`, async () => {
    assert.deepEqual(await readForm(request(), { schema: Name }), { ok: false, reason });
  });
}

Deno.test("readForm() obeys another limit of size", async () => {
  const form = await readForm(createRequest("name=abcdef"), { schema: Name, maxBytes: 10 });

  assert.deepEqual(form, { ok: false, reason: "body_too_large" });
});

Deno.test("readForm() gives up on a form that does not arrive in time", async () => {
  const body = new ReadableStream({ start() {} });
  const request = new Request("http://127.0.0.1/", {
    method: "POST",
    headers: { "content-type": FORM_TYPE },
    body,
  });

  const form = await readForm(request, {
    schema: Name,
    setDeadline(callback) {
      queueMicrotask(callback);
      return () => {};
    },
  });

  assert.deepEqual(form, { ok: false, reason: "body_stalled" });
});

function createRequest(body: string, headers: Record<string, string> = {}): Request {
  return new Request("http://127.0.0.1/form", {
    method: "POST",
    headers: { "content-type": FORM_TYPE, ...headers },
    body,
  });
}
