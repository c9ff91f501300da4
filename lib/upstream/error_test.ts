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
