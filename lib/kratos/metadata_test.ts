import assert from "node:assert/strict";
import { isSameMetadata, type JumioMetadata, parseJumioMetadata } from "./metadata.ts";

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
    { ...METADATA, "account_id": "../sessions" },
  ]
) {
  Deno.test(`parseJumioMetadata() gives null for ${JSON.stringify(jumio)}`, () => {
    assert.equal(parseJumioMetadata(jumio), null);
  });
}

const SAME: Readonly<Record<string, JumioMetadata>> = {
  "the same metadata": METADATA,
  "another text of the link": { ...METADATA, "verification_url": "https://kyc.example.com/b" },
  "an absent field for null": { ...METADATA, "verdict": undefined },
  "other times": { ...METADATA, "initiated_at": null, "decided_at": "2026-05-04T09:12:31.004Z" },
};

for (const [name, found] of Object.entries(SAME)) {
  Deno.test(`isSameMetadata() accepts ${name}`, () => {
    assert.equal(isSameMetadata(found, METADATA), true);
  });
}

const OTHER: Readonly<Record<string, JumioMetadata | null>> = {
  "no metadata": null,
  "another status": { ...METADATA, "status": "verified" },
  "another verdict": { ...METADATA, "verdict": "PASSED" },
  "another account": { ...METADATA, "account_id": null },
  "another execution": { ...METADATA, "workflow_execution_id": null },
  "a missing link": { ...METADATA, "verification_url": null },
};

for (const [name, found] of Object.entries(OTHER)) {
  Deno.test(`isSameMetadata() refuses ${name}`, () => {
    assert.equal(isSameMetadata(found, METADATA), false);
  });
}

Deno.test("isSameMetadata() refuses a link that should be gone", () => {
  assert.equal(isSameMetadata(METADATA, { ...METADATA, "verification_url": null }), false);
});
