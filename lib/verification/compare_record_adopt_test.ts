import assert from "node:assert/strict";
import {
  ACCOUNT_ID,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
} from "../../tests/support/verification_rows.ts";
import { adoptRecord } from "./compare_record.ts";
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
