import assert from "node:assert/strict";
import { readRawPath } from "./raw_path.ts";

for (
  const [address, path] of [
    ["https://kyc.example.com/jumio/validate", "/jumio/validate"],
    ["https://kyc.example.com/jumio/validate?x=/y", "/jumio/validate"],
    ["http://[::1]:3000//jumio/validate/", "//jumio/validate/"],
    ["http://a/x/../health", "/x/../health"],
    ["http://a/./health", "/./health"],
    ["http://a/%2e%2e/health", "/%2e%2e/health"],
    ["http://a/\\health", "/\\health"],
    ["http://a/health#x", "/health#x"],
    ["http://a?x=/health", ""],
    ["http://a", ""],
    ["/health", ""],
  ] as const
) {
  Deno.test(`readRawPath() reads "${path}" from ${address}`, () => {
    assert.equal(readRawPath(address), path);
  });
}
