import assert from "node:assert/strict";
import {
  ACCOUNT_ID,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
} from "../../tests/support/verification_rows.ts";
import { adoptRecord, compareRecord } from "./compare_record.ts";
import { applyConclusion, createVerification } from "./rows.ts";

const OPEN = {
  ...createVerification(IDENTITY_ID, { now: NOW }),
  accountId: ACCOUNT_ID,
  workflowExecutionId: EXECUTION_ID,
};

Deno.test("adoptRecord() keeps an open execution, so that its rejection still counts", () => {
  const metadata = { status: "verified" };

  const adopted = adoptRecord(metadata, { record: OPEN, identityId: IDENTITY_ID, now: NOW + 1 });

  assert.deepEqual([adopted.status, adopted.workflowExecutionId], ["verified", EXECUTION_ID]);
  const conclusion = { kind: "decided", verdict: "FAILED", status: "rejected" } as const;
  assert.equal(applyConclusion(adopted, { conclusion, now: NOW + 2 }).status, "rejected");
});

Deno.test("adoptRecord() takes over what the metadata says", () => {
  const metadata = {
    status: "rejected",
    verdict: "FAILED",
    "account_id": ACCOUNT_ID,
    "workflow_execution_id": IDENTITY_ID,
    "decided_at": new Date(NOW + 1).toISOString(),
    "valid_until": new Date(NOW + 9).toISOString(),
    detail: "inconclusive",
  };
  const record = { ...OPEN, status: "expired" } as const;

  const adopted = adoptRecord(metadata, { record, identityId: IDENTITY_ID, now: NOW + 3 });

  assert.deepEqual(compareRecord(adopted, metadata), []);
  assert.deepEqual([adopted.acceptedAt, adopted.changedAt], [NOW, NOW + 3]);
});
