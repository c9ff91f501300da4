// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import { readInput } from "./input.ts";

const Name = z.object({ name: z.string() });
const NONE = { body: undefined, form: undefined, bytes: undefined, setDeadline: () => () => {} };

function createRequest(type: string, body: string): Request {
  const headers = { "content-type": type };
  return new Request("http://127.0.0.1/", { method: "POST", headers, body });
}

Deno.test("readInput() reads a JSON body by its schema", async () => {
  const request = createRequest("application/json", '{"name":"a"}');

  assert.deepEqual(await readInput(request, { ...NONE, body: Name }), {
    ok: true,
    value: { name: "a" },
  });
});

Deno.test("readInput() reads a form by its schema", async () => {
  const request = createRequest("application/x-www-form-urlencoded", "name=a");

  assert.deepEqual(await readInput(request, { ...NONE, form: Name }), {
    ok: true,
    value: { name: "a" },
  });
});

Deno.test("readInput() parses a body that was already read", async () => {
  const bytes = new TextEncoder().encode('{"name":"a"}');
  const request = createRequest("application/json", "");

  assert.deepEqual(await readInput(request, { ...NONE, body: Name, bytes }), {
    ok: true,
    value: { name: "a" },
  });
});

Deno.test("readInput() reads nothing without a schema", async () => {
  const request = createRequest("application/json", "{");

  assert.deepEqual(await readInput(request, NONE), { ok: true, value: undefined });
  assert.equal(request.bodyUsed, false);
});

Deno.test("readInput() passes on why a body cannot be read, and which field is wrong", async () => {
  const type = await readInput(createRequest("text/plain", "{}"), { ...NONE, body: Name });
  const shape = await readInput(createRequest("application/json", "{}"), { ...NONE, body: Name });

  assert.deepEqual(type, { ok: false, reason: "content_type" });
  assert.deepEqual(shape, { ok: false, reason: "wrong_shape", field: "name" });
});
