import type { Span, SpanContext } from "@opentelemetry/api";
import assert from "node:assert/strict";
import { formatTrace, markRows, parseTrace, readVerdict } from "./_traced_rows.ts";

const CONTEXT: SpanContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 1,
};

const spanOf = (context: SpanContext) => ({ spanContext: () => context }) as Span; // all that is asked of it

Deno.test("parseTrace() reads what formatTrace() made", () => {
  assert.deepEqual(parseTrace(formatTrace(CONTEXT)), { ...CONTEXT, isRemote: true });
});

for (const trace of [undefined, null, 7, "", "00-abc-def-01", `${"0".repeat(60)}`]) {
  Deno.test(`parseTrace() takes ${JSON.stringify(trace) ?? "nothing"} for no trace`, () => {
    assert.equal(parseTrace(trace), undefined);
  });
}

Deno.test("markRows() marks nothing where figures are collected and traces are not", () => {
  const span = spanOf({ traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 0 });
  const write = {
    sets: [{ key: ["job", "start", "a"], value: { leaseId: null, isNudged: false } }],
  };

  assert.deepEqual(markRows(write, { span, ownJob: undefined }), write);
});

Deno.test("markRows() marks jobs and unsettled executions, and no other row", () => {
  const sets = [
    { key: ["job", "start", "a"], value: { leaseId: null, isNudged: false } },
    { key: ["execution", "b"], value: { settled: null } },
    { key: ["execution", "c"], value: { settled: { at: 1 } } },
    { key: ["verification", "a"], value: { v: 1 } },
    { key: ["due", "start", 1, "a"], value: null },
  ];

  const marked = markRows({ sets }, { span: spanOf(CONTEXT), ownJob: undefined });

  const traced = marked.sets?.filter(({ value }) => Object.hasOwn(Object(value), "trace"));
  assert.deepEqual(traced?.map(({ key }) => key), [["job", "start", "a"], ["execution", "b"]]);
});

Deno.test("readVerdict() tells what settles an identity, and not what is superseded", () => {
  const verification = {
    key: ["verification", "a"],
    value: { verdict: "WARNING", status: "review" },
  };
  const executionOf = (outcome: string) => ({
    key: ["execution", "b"],
    value: { settled: { outcome } },
  });

  assert.deepEqual(readVerdict({ sets: [executionOf("applied"), verification] }), {
    verdict: "WARNING",
    status: "review",
  });
  assert.equal(readVerdict({ sets: [executionOf("superseded")] }), undefined);
  assert.equal(readVerdict({ sets: [verification] }), undefined);
});
