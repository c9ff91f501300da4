// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  createOpen,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
} from "../../tests/support/verification_rows.ts";
import { decideReconciliation, type Reconciliation } from "./compare_record.ts";
import type { Execution } from "./executions.ts";
import type { Verification } from "./rows.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";

const HOUR = 3_600_000;
const OTHER_ID = "b3c8d0e5-4f72-4a1c-9d38-a1e2c7b5f633";
const VERIFIED = { status: "verified", verdict: "PASSED" } as const;
const REJECTED = { status: "rejected", verdict: "FAILED" } as const;

const decided = (hours: number) => ({ "decided_at": new Date(NOW + hours * HOUR).toISOString() });
const started = (hours: number) => ({ "initiated_at": new Date(NOW + hours * HOUR).toISOString() });

const CASES: {
  readonly says: Reconciliation;
  readonly where: string;
  readonly record?: Partial<Verification>;
  readonly metadata: Partial<JumioMetadata>;
  readonly named?: Execution;
}[] = [
  {
    says: "publish",
    where: "a rejection from before an operator's restart was put back",
    metadata: { ...REJECTED, ...decided(1) },
    named: createOpen(),
  },
  {
    says: "publish",
    where: "a verified of an earlier round was put back, whose execution we have forgotten",
    record: { status: "expired", detail: "validity_ended" },
    metadata: { ...VERIFIED, ...decided(1), "workflow_execution_id": OTHER_ID },
  },
  {
    says: "publish",
    where: "a pending of an earlier round was put back, whose execution we have forgotten",
    metadata: { ...started(1), "workflow_execution_id": OTHER_ID },
  },
  {
    says: "publish",
    where: "a verified that has no time was put back after an operator's restart",
    metadata: VERIFIED,
  },
  {
    says: "adopt",
    where: "the metadata has a decision of the record's own round",
    metadata: { ...REJECTED, ...decided(3) },
    named: createOpen(),
  },
  {
    says: "adopt",
    where: "the metadata names an unknown execution of the record's own round",
    metadata: { ...started(3), "workflow_execution_id": OTHER_ID },
  },
];
for (const { says, where, record, metadata, named = null } of CASES) {
  Deno.test(`decideReconciliation() says ${says} where ${where}`, () => {
    const decision = decideReconciliation({
      record: createStarted({ round: 2, roundBeganAt: NOW + 2 * HOUR, ...record }),
      metadata: { status: "pending", "workflow_execution_id": EXECUTION_ID, ...metadata },
      named,
    }, { identityId: IDENTITY_ID });

    assert.equal(decision, says);
  });
}
