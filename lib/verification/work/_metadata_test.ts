// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  createStarted,
  EXECUTION_ID,
  NOW,
} from "../../../tests/support/verification_rows.ts";
import { createVerification, type Verification } from "../rows.ts";
import { describeVerification } from "./_metadata.ts";

async function describe(verification: Verification): Promise<unknown> {
  await using store = createMemoryStore();
  const options = { store, now: () => NOW, publicUrl: undefined, link: undefined };
  return await describeVerification(verification, options);
}

Deno.test("describeVerification() writes all nine fields, null where there is nothing", async () => {
  const created = createVerification("i", { now: NOW });

  assert.deepEqual(await describe(created), {
    status: "pending",
    verdict: null,
    "account_id": null,
    "workflow_execution_id": null,
    "verification_url": null,
    "initiated_at": null,
    "decided_at": null,
    "valid_until": null,
    detail: null,
  });
});

Deno.test("describeVerification() writes what the record has in each field", async () => {
  const described = await describe(createStarted({
    status: "verified",
    verdict: "PASSED",
    detail: "inconclusive",
    decidedAt: NOW + 1,
    validUntil: NOW + 2,
  }));

  assert.deepEqual(described, {
    status: "verified",
    verdict: "PASSED",
    "account_id": ACCOUNT_ID,
    "workflow_execution_id": EXECUTION_ID,
    "verification_url": null,
    "initiated_at": "2026-01-01T00:00:00.000Z",
    "decided_at": "2026-01-01T00:00:00.001Z",
    "valid_until": "2026-01-01T00:00:00.002Z",
    detail: "inconclusive",
  });
});
