// SPDX-License-Identifier: Apache-2.0
import type { SpanContext } from "@opentelemetry/api";
import assert from "node:assert/strict";
import { formatTrace, linksTo, parseTrace } from "./_trace.ts";

const CONTEXT: SpanContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 1,
};

Deno.test("parseTrace() parses what formatTrace() formats", () => {
  assert.deepEqual(parseTrace(formatTrace(CONTEXT)), { ...CONTEXT, isRemote: true });
});

for (const trace of [undefined, null, 7, "", "00-abc-def-01", `${"0".repeat(60)}`]) {
  Deno.test(`parseTrace() finds no trace in ${JSON.stringify(trace) ?? "nothing"}`, () => {
    assert.equal(parseTrace(trace), undefined);
  });
}

Deno.test("formatTrace() stores nothing while metrics are collected and traces are not", () => {
  const context = { traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 };

  assert.equal(formatTrace(context), undefined);
});

Deno.test("linksTo() links to a stored span, and to nothing where there is none", () => {
  assert.deepEqual(linksTo(formatTrace(CONTEXT)), [{ context: { ...CONTEXT, isRemote: true } }]);
  assert.deepEqual(linksTo(undefined), []);
});
