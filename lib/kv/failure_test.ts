// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { UpstreamError } from "../upstream/error.ts";
import { adviseOnKvFailure, classifyKvFailure } from "./failure.ts";

const SEEN: readonly [message: string, reason: string][] = [
  ["database is locked", "locked"],
  ["database or disk is full", "disk_full"],
  ["disk I/O error", "disk_full"],
  ["file is not a database", "corrupt"],
  ["database disk image is malformed", "corrupt"],
  ["unable to open database file: ./data", "cannot_open"],
  ["Not a directory (os error 20)", "cannot_open"],
  ["Missing DENO_KV_ACCESS_TOKEN environment variable. Please set it", "no_access_token"],
  ["an unknown message", "failed"],
];

for (const [message, reason] of SEEN) {
  Deno.test(`classifyKvFailure() gives ${reason} for "${message}"`, () => {
    assert.equal(classifyKvFailure(new Error(message)), reason);
  });
}

Deno.test("adviseOnKvFailure() knows the cure for an error that the store has classified", () => {
  const error = new UpstreamError("kv", "disk_full", { action: "write to KV" });

  assert.match(adviseOnKvFailure(error).cure, /free space/);
});

Deno.test("adviseOnKvFailure() has a cure for a KV server that does not answer", () => {
  const error = new UpstreamError("kv", "timeout", { action: "write to KV" });

  assert.match(adviseOnKvFailure(error).cure, /whether the KV server runs/);
});

Deno.test("adviseOnKvFailure() tells failures that last from those that may end by themselves", () => {
  const lasts = (message: string) => adviseOnKvFailure(new Error(message)).isLasting;

  assert.deepEqual(["file is not a database", "disk I/O error", "down"].map(lasts), [
    true,
    false,
    false,
  ]);
});
