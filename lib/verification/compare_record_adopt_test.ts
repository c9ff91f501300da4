// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  ACCOUNT_ID,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
} from "../../tests/support/verification_rows.ts";
import { adoptRecord, compareRecord, roundOfNamed } from "./compare_record.ts";
import { applyConclusion } from "./round.ts";
import { createVerification } from "./rows.ts";

const OPEN = {
  ...createVerification(IDENTITY_ID, { now: NOW }),
  accountId: ACCOUNT_ID,
  workflowExecutionId: EXECUTION_ID,
};

Deno.test("adoptRecord() keeps an open execution, so that its rejection still counts", () => {
  const metadata = { status: "verified" };

  const adopted = adoptRecord(metadata, { record: OPEN, identityId: IDENTITY_ID, now: NOW + 1 });

  assert.deepEqual([adopted.status, adopted.workflowExecutionId], ["verified", EXECUTION_ID]);
  const execution = { id: EXECUTION_ID, round: 1 };
  const conclusion = { kind: "decided", verdict: "FAILED", status: "rejected" } as const;
  assert.equal(
    applyConclusion(adopted, { conclusion, execution, now: NOW + 2, validityMs: undefined }).status,
    "rejected",
  );
});

for (
  const [what, record, executionId, count] of [
    ["counts the execution of a person without a record", null, EXECUTION_ID, 1],
    ["counts an execution that the record did not know", { ...OPEN, executionCount: 3 }, "new", 4],
    ["counts no execution twice", { ...OPEN, executionCount: 3 }, EXECUTION_ID, 3],
  ] as const
) {
  Deno.test(`adoptRecord() ${what}`, () => {
    const metadata = { status: "verified", "workflow_execution_id": executionId };

    const adopted = adoptRecord(metadata, { record, identityId: IDENTITY_ID, now: NOW + 1 });

    assert.equal(adopted.executionCount, count);
  });
}

const VERIFIED_EARLIER = {
  status: "verified",
  verdict: "PASSED",
  "workflow_execution_id": IDENTITY_ID,
  "decided_at": new Date(NOW + 1).toISOString(),
};
const REJECTED = { ...OPEN, status: "rejected", verdict: "FAILED", decidedAt: NOW + 2 } as const;

Deno.test("adoptRecord() keeps a decision that is stricter than older metadata", () => {
  const options = { record: REJECTED, identityId: IDENTITY_ID, now: NOW + 3 };

  assert.equal(adoptRecord(VERIFIED_EARLIER, options), REJECTED);
  assert.equal(adoptRecord({ status: "pending" }, options), REJECTED);
});

Deno.test("adoptRecord() takes over a milder decision that is later than the record", () => {
  const record = { ...REJECTED, decidedAt: NOW };

  const adopted = adoptRecord(VERIFIED_EARLIER, { record, identityId: IDENTITY_ID, now: NOW + 3 });

  assert.equal(adopted.status, "verified");
});

for (
  const [status, verdict] of [["verified", "FAILED"], ["review", "FAILED"], ["pending", "PASSED"]]
) {
  Deno.test(`adoptRecord() takes no verdict ${verdict} with ${status}, so that a rejection counts`, () => {
    const metadata = { ...VERIFIED_EARLIER, status: String(status), verdict };

    const adopted = adoptRecord(metadata, { record: null, identityId: IDENTITY_ID, now: NOW + 3 });

    assert.equal(adopted.verdict, null);
  });
}

Deno.test("adoptRecord() takes the end of a validity for a round of its own", () => {
  const metadata = { ...VERIFIED_EARLIER, status: "expired", detail: "validity_ended" };

  const adopted = adoptRecord(metadata, { record: null, identityId: IDENTITY_ID, now: NOW + 3 });

  assert.deepEqual([adopted.round, roundOfNamed(adopted)], [2, 1]);
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
