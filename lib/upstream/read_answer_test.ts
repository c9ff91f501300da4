// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import * as z from "zod";
import type { UpstreamAnswer } from "./call.ts";
import { UpstreamError } from "./error.ts";
import { checkStatus, readAnswer } from "./read_answer.ts";

const Thing = z.object({ id: z.string() });

const ANSWER: UpstreamAnswer = {
  upstream: "jumio",
  action: "read a thing",
  status: 200,
  json: { id: "a", name: "Ada" },
  retryAfterMs: undefined,
  link: undefined,
};

function catchError(work: () => unknown): UpstreamError {
  try {
    work();
  } catch (error) {
    assert(error instanceof UpstreamError);
    return error;
  }
  assert.fail("Nothing was thrown");
}

Deno.test("readAnswer() gives the fields of the schema, and drops the others", () => {
  assert.deepEqual(readAnswer(Thing, ANSWER), { id: "a" });
});

for (const status of [400, 401, 404, 429, 500]) {
  Deno.test(`readAnswer() throws on ${status}, with the wait that the upstream asks for`, () => {
    const error = catchError(() => readAnswer(Thing, { ...ANSWER, status, retryAfterMs: 7_000 }));

    assert.deepEqual([error.upstream, error.reason, error.status, error.retryAfterMs], [
      "jumio",
      "status",
      status,
      7_000,
    ]);
    assert.equal(error.message, `Cannot read a thing: status ${status}`);
  });
}

for (const json of [undefined, null, {}, { id: 1 }, [], "Ada"]) {
  Deno.test(`readAnswer() throws on ${JSON.stringify(json)}, which the schema does not fit`, () => {
    const error = catchError(() => readAnswer(Thing, { ...ANSWER, json }));

    assert.deepEqual([error.reason, error.status], ["malformed", 200]);
    assert(error.cause instanceof z.ZodError);
    assert(!error.message.includes("Ada"));
  });
}

Deno.test("checkStatus() accepts 2xx whatever the body", () => {
  for (const status of [200, 201, 204, 299]) {
    checkStatus({ ...ANSWER, status, json: undefined });
  }
});

Deno.test("checkStatus() refuses what is not 2xx", () => {
  for (const status of [199, 300, 404]) {
    assert.equal(catchError(() => checkStatus({ ...ANSWER, status })).status, status);
  }
});
