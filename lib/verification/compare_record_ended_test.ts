// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  createOpen,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
} from "../../tests/support/verification_rows.ts";
import { adoptRecord, decideReconciliation } from "./compare_record.ts";
import type { Execution } from "./executions.ts";
import type { Verification } from "./rows.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";

const HOUR = 3_600_000;
const LATER = NOW + HOUR;
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

/** The identity of a person whose verification was ended. */
const ENDED: JumioMetadata = {
  status: "expired",
  detail: "validity_ended",
  "account_id": "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10",
  "workflow_execution_id": EXECUTION_ID,
  "initiated_at": at(0),
};
const SETTLED = createOpen({
  settled: { at: NOW, outcome: "applied", conclusion: "decided", verdict: "PASSED" },
});

function decide(record: Verification | null, metadata: JumioMetadata, named: Execution | null) {
  return decideReconciliation({ record, metadata, named }, { identityId: IDENTITY_ID });
}

for (
  const [status, named] of [
    ["verified", SETTLED],
    ["review", SETTLED],
    ["pending", createOpen()],
    ["expired", createOpen()],
  ] as const
) {
  Deno.test(`an older record that is ${status} takes over an end that only the identity knows`, () => {
    const record = createStarted({ status, decidedAt: status === "pending" ? null : NOW });

    assert.equal(decide(record, ENDED, named), "adopt");
    const adopted = adoptRecord(ENDED, { record, identityId: IDENTITY_ID, now: LATER });
    const { detail, round, roundBeganAt } = adopted;
    assert.deepEqual([adopted.status, detail, round], ["expired", "validity_ended", 2]);
    assert.equal(roundBeganAt, LATER);
  });
}

Deno.test("a rejection is not ended by the metadata: no rejection ends so", () => {
  const record = createStarted({ status: "rejected", verdict: "FAILED", decidedAt: NOW });

  assert.equal(decide(record, ENDED, SETTLED), "publish");
});

for (
  const [what, metadata] of [
    ["with the times of the earlier round", ENDED],
    ["without any time", { ...ENDED, "initiated_at": null }],
  ] as const
) {
  Deno.test(`an end of an earlier round that was put back, ${what}, ends nothing again`, () => {
    const record = createStarted({
      status: "verified",
      verdict: "PASSED",
      decidedAt: NOW + 3 * HOUR,
      round: 2,
      roundBeganAt: NOW + 2 * HOUR,
    });

    assert.equal(decide(record, metadata, SETTLED), "publish");
  });
}

Deno.test("an end without any execution is taken over where there is no record", () => {
  const metadata = { ...ENDED, "workflow_execution_id": null, "account_id": null };

  assert.equal(decide(null, metadata, null), "adopt");
});

Deno.test("a verified that is taken over keeps its own end, and one without has none", () => {
  const metadata = { ...ENDED, status: "verified", detail: null, "decided_at": at(0) };
  const adopt = (validUntil: string | null) =>
    adoptRecord({ ...metadata, "valid_until": validUntil }, {
      record: null,
      identityId: IDENTITY_ID,
      now: LATER,
    }).validUntil;

  assert.equal(adopt(at(9)), NOW + 9 * HOUR);
  assert.equal(adopt(null), null);
});
