// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type JumioMetadata, parseJumioMetadata } from "./metadata.ts";

const METADATA: JumioMetadata = {
  "status": "pending",
  "verdict": null,
  "account_id": "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10",
  "workflow_execution_id": "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522",
  "verification_url": "https://kyc.example.com/jumio/verify?token=a",
  "initiated_at": "2026-05-04T09:12:31.004Z",
  "decided_at": null,
};

Deno.test("parseJumioMetadata() gives what this service wrote, without unknown fields", () => {
  assert.deepEqual(parseJumioMetadata({ ...METADATA, note: "x" }), METADATA);
});

Deno.test("parseJumioMetadata() needs only a status", () => {
  assert.deepEqual(parseJumioMetadata({ status: "expired" }), { status: "expired" });
});

for (
  const jumio of [
    undefined,
    null,
    "x",
    [],
    {},
    { status: 1 },
  ]
) {
  Deno.test(`parseJumioMetadata() gives null for ${JSON.stringify(jumio)}`, () => {
    assert.equal(parseJumioMetadata(jumio), null);
  });
}

for (
  const [field, value] of [
    ["account_id", "../sessions"],
    ["workflow_execution_id", 7],
    ["decided_at", 1_767_225_600],
    ["verdict", ["FAILED"]],
  ] as const
) {
  Deno.test(`parseJumioMetadata() keeps the status if ${field} is malformed`, () => {
    const found = parseJumioMetadata({ ...METADATA, status: "rejected", [field]: value });

    assert.deepEqual(found, { ...METADATA, status: "rejected", [field]: null });
  });
}
