// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { upstreamFailureKey } from "../../history/upstream_failures.ts";
import { UpstreamError } from "../../upstream/error.ts";
import { describeJobFailure } from "./failure.ts";

Deno.test("describeJobFailure() expects an upstream's failure, and records it", () => {
  const error = new UpstreamError("jumio", "status", {
    action: "read",
    status: 429,
    retryAfterMs: 7_000,
  });

  const { write, ...failure } = describeJobFailure(error, { now: 5 });

  assert.deepEqual(failure, {
    reason: "jumio_status",
    isExpected: true,
    isLasting: false,
    status: 429,
    retryAfterMs: 7_000,
  });
  assert.deepEqual(write.sets, [{
    key: upstreamFailureKey("jumio"),
    value: { v: 1, at: 5, reason: "status", status: 429 },
  }]);
});

Deno.test("describeJobFailure() says which failures no retry is likely to mend", () => {
  const describe = (status: number) =>
    describeJobFailure(new UpstreamError("kratos", "status", { action: "read", status }), {
      now: 5,
    });

  assert.deepEqual([describe(400).isLasting, describe(503).isLasting], [true, false]);
});

Deno.test("describeJobFailure() does not record a failure of KV: that could not be stored either", () => {
  const error = new UpstreamError("kv", "timeout", { action: "read from KV" });

  assert.deepEqual(describeJobFailure(error, { now: 5 }).write, {});
});

Deno.test("describeJobFailure() calls every other error a bug", () => {
  assert.deepEqual(describeJobFailure(new TypeError("x is undefined"), { now: 5 }), {
    reason: "bug",
    isExpected: false,
    isLasting: false,
    write: {},
  });
});
