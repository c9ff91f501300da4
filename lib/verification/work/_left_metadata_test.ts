// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { JumioMetadata } from "../../kratos/metadata.ts";
import { ACCOUNT_ID, EXECUTION_ID, NOW } from "../../../tests/support/verification_rows.ts";
import { describeLeft, isLeftMetadata } from "./_left_metadata.ts";

const PUBLISHED: JumioMetadata = {
  "status": "rejected",
  "verdict": "FAILED",
  "account_id": ACCOUNT_ID,
  "workflow_execution_id": EXECUTION_ID,
  "verification_url": "https://kyc.example.com/jumio/verify?token=a",
  "initiated_at": "2025-12-31T00:00:00.000Z",
  "decided_at": "2026-01-01T00:00:00.000Z",
  "valid_until": null,
  "detail": null,
};
const LEFT: JumioMetadata = {
  ...PUBLISHED,
  "account_id": null,
  "workflow_execution_id": null,
  "verification_url": null,
};

Deno.test("describeLeft() keeps the decision of the record, and its times", () => {
  const initiatedAt = Date.UTC(2025, 11, 31);
  const left = {
    status: "rejected",
    verdict: "FAILED",
    initiatedAt,
    decidedAt: NOW,
    validUntil: null,
    detail: null,
  };

  assert.deepEqual(describeLeft({ left }, null), LEFT);
});

Deno.test("describeLeft() keeps what the identity says, except ids and link, without a record", () => {
  assert.deepEqual(describeLeft({ left: null }, PUBLISHED), LEFT);
});

for (const found of [null, undefined]) {
  Deno.test(`describeLeft() leaves nothing on an identity with ${found} and without a record`, () => {
    assert.equal(describeLeft({ left: null }, found), undefined);
  });
}

const SAME: Readonly<Record<string, JumioMetadata>> = {
  "the same metadata": LEFT,
  "an absent field for null": { ...LEFT, "account_id": undefined },
  "other times": { ...LEFT, "initiated_at": null, "decided_at": "2026-05-04T09:12:31.004Z" },
};
for (const [name, found] of Object.entries(SAME)) {
  Deno.test(`isLeftMetadata() accepts ${name}`, () => {
    assert.equal(isLeftMetadata(found, LEFT), true);
  });
}

const OTHER: Readonly<Record<string, JumioMetadata | null>> = {
  "no metadata": null,
  "another status": { ...LEFT, "status": "verified" },
  "another verdict": { ...LEFT, "verdict": "PASSED" },
  "an account": { ...LEFT, "account_id": ACCOUNT_ID },
  "an execution": { ...LEFT, "workflow_execution_id": EXECUTION_ID },
  "a link": { ...LEFT, "verification_url": "https://kyc.example.com/jumio/verify?token=a" },
};
for (const [name, found] of Object.entries(OTHER)) {
  Deno.test(`isLeftMetadata() refuses ${name}`, () => {
    assert.equal(isLeftMetadata(found, LEFT), false);
  });
}
