// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { UpstreamError } from "./error.ts";

for (
  const [name, error, message] of [
    [
      "the reason",
      new UpstreamError("kv", "timeout", { action: "read from KV" }),
      "Cannot read from KV: timeout",
    ],
    [
      "the status of an answer",
      new UpstreamError("jumio", "status", { action: "read Jumio details", status: 500 }),
      "Cannot read Jumio details: status 500",
    ],
  ] as const
) {
  Deno.test(`UpstreamError has ${name} in its message`, () => {
    assert.equal(error.message, message);
  });
}

Deno.test("UpstreamError keeps its cause, but not in its message", () => {
  const cause = new Error("PERSONAL");

  const error = new UpstreamError("kratos", "network", { action: "read an identity", cause });

  assert.equal(error.cause, cause);
  assert(!error.message.includes("PERSONAL"));
});

for (
  const [upstream, statuses, isLasting] of [
    ["jumio", [400, 403, 404, 409, 410, 413, 415, 422, 451], true],
    ["jumio", [401, 408, 425, 429, 500, 502, 503, 504], false],
    ["kratos", [400, 404, 405, 409, 413, 422], true],
    ["kratos", [401, 403, 408, 425, 429, 500, 502, 503, 504], false],
  ] as const
) {
  for (const status of statuses) {
    const says = isLasting ? "that no retry helps" : "that a retry may help";
    Deno.test(`UpstreamError says of ${upstream}'s ${status} ${says}`, () => {
      const error = new UpstreamError(upstream, "status", { action: "read", status });

      assert.equal(error.isLasting, isLasting);
    });
  }
}

for (
  const [reason, isLasting] of [
    ["malformed", true],
    ["too_large", true],
    ["redirect", true],
    ["origin_not_allowed", true],
    ["not_found", false],
    ["timeout", false],
    ["network", false],
    ["no_access_token", false],
  ] as const
) {
  const says = isLasting ? "that no retry helps" : "that a retry may help";
  Deno.test(`UpstreamError says of ${reason} ${says}`, () => {
    const error = new UpstreamError("jumio", reason, { action: "read", status: 200 });

    assert.equal(error.isLasting, isLasting);
  });
}
