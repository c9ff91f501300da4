// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { compareRecord, decideReconciliation, type Reconciliation } from "./compare_record.ts";
import type { Execution } from "./executions.ts";
import { createVerification, type Verification } from "./rows.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";

const ID = "5d4ab2ea-9ddd-4f2b-b2c8-6c3d4d2b7c5e";
const ACCOUNT = "0a0e7b6e-1c2b-4a4c-9f5e-000000000001";
const FIRST = "0a0e7b6e-1c2b-4a4c-9f5e-0000000000a1";
const SECOND = "0a0e7b6e-1c2b-4a4c-9f5e-0000000000a2";
const T0 = Date.UTC(2026, 4, 4, 9);
const HOUR = 3_600_000;

function createRecord(changes: Partial<Verification> = {}): Verification {
  const created = createVerification(ID, { now: T0 });
  return { ...created, accountId: ACCOUNT, workflowExecutionId: FIRST, ...changes };
}

function createMetadata(changes: Partial<JumioMetadata> = {}): JumioMetadata {
  return {
    "status": "pending",
    "verdict": null,
    "account_id": ACCOUNT,
    "workflow_execution_id": FIRST,
    "verification_url": "https://kyc.example.com/jumio/verify?token=a",
    "initiated_at": new Date(T0).toISOString(),
    "decided_at": null,
    ...changes,
  };
}

function createExecution(changes: Partial<Execution> = {}): Execution {
  return {
    v: 1,
    identityId: ID,
    accountId: ACCOUNT,
    callbackTokenHash: null,
    createdAt: T0,
    round: 1,
    settled: null,
    ...changes,
  };
}

const decided = (hours: number) => ({ "decided_at": new Date(T0 + hours * HOUR).toISOString() });
const VERIFIED = { status: "verified", verdict: "PASSED" } as const;
const REVIEW = { status: "review", verdict: "WARNING" } as const;
const REJECTED = { status: "rejected", verdict: "FAILED" } as const;
const SETTLED = {
  at: T0 + HOUR,
  outcome: "applied",
  conclusion: "decided",
  verdict: "PASSED",
} as const;
const at = (hours: number) => ({ decidedAt: T0 + hours * HOUR, changedAt: T0 + hours * HOUR });

Deno.test("compareRecord() finds no difference in the link, or in when it was started", () => {
  const metadata = createMetadata({ "verification_url": null, "initiated_at": null });

  assert.deepEqual(compareRecord(createRecord(), metadata), []);
});

Deno.test("compareRecord() takes a missing field for null", () => {
  const record = createVerification(ID, { now: T0 });

  assert.deepEqual(compareRecord(record, { status: "pending" }), []);
});

const DIFFERENCES: [string, Partial<JumioMetadata>][] = [
  ["status", { status: "expired" }],
  ["verdict", { verdict: "PASSED" }],
  ["account_id", { "account_id": SECOND }],
  ["workflow_execution_id", { "workflow_execution_id": SECOND }],
  ["detail", { detail: "inconclusive" }],
  ["decided_at", decided(1)],
  ["valid_until", { "valid_until": new Date(T0).toISOString() }],
];
for (const [field, change] of DIFFERENCES) {
  Deno.test(`compareRecord() names a difference in ${field}`, () => {
    assert.deepEqual(compareRecord(createRecord(), createMetadata(change)), [field]);
  });
}

interface Case {
  readonly says: Reconciliation;
  readonly where: string;
  readonly record: Partial<Verification> | null;
  readonly metadata: Partial<JumioMetadata> | null;
  readonly named?: Execution | null;
}

const FIRST_ROW = createExecution();
const FIRST_DECIDED = createExecution({ settled: SETTLED });

const CASES: Case[] = [
  { says: "same", where: "both agree", record: {}, metadata: {}, named: FIRST_ROW },
  { says: "not_started", where: "there is neither", record: null, metadata: null },
  {
    says: "not_started",
    where: "a pending identity without a record names no execution",
    record: null,
    metadata: { "account_id": null, "workflow_execution_id": null },
  },
  {
    says: "not_started",
    where: "an identity without a record names another identity's execution",
    record: null,
    metadata: VERIFIED,
    named: createExecution({ identityId: ACCOUNT }),
  },
  { says: "publish", where: "the metadata is lost", record: REJECTED, metadata: null },
  {
    says: "publish",
    where: "the old pending of the same execution was put back",
    record: { ...REJECTED, ...at(1) },
    metadata: {},
    named: FIRST_DECIDED,
  },
  {
    says: "publish",
    where: "an old copy that names an earlier execution was put back",
    record: { workflowExecutionId: SECOND, initiatedAt: T0 + HOUR },
    metadata: {},
    named: FIRST_ROW,
  },
  {
    says: "publish",
    where: "another writer has put an earlier verified back",
    record: { ...REJECTED, ...at(2) },
    metadata: { ...VERIFIED, ...decided(1) },
    named: FIRST_DECIDED,
  },
  {
    says: "publish",
    where: "the metadata names another identity's execution",
    record: {},
    metadata: { ...VERIFIED, "workflow_execution_id": SECOND },
    named: createExecution({ identityId: ACCOUNT }),
  },
  {
    says: "publish",
    where: "a rejected record's metadata claims a later decision of an execution that is settled",
    record: { ...REJECTED, ...at(1) },
    metadata: { ...VERIFIED, ...decided(2) },
    named: FIRST_DECIDED,
  },
  {
    says: "adopt",
    where: "a rejected identity has no record",
    record: null,
    metadata: { ...REJECTED, ...decided(1) },
  },
  {
    says: "adopt",
    where: "a rejected identity of the public sample has no record",
    record: null,
    metadata: { status: "rejected", "account_id": null, "workflow_execution_id": null },
  },
  {
    says: "adopt",
    where: "a pending identity without a record names an execution",
    record: null,
    metadata: {},
  },
  {
    says: "adopt",
    where: "the metadata has the decision of the record's execution",
    record: {},
    metadata: { ...VERIFIED, ...decided(1) },
    named: FIRST_ROW,
  },
  {
    says: "adopt",
    where: "a record whose execution expired has no row of the one that was rejected",
    record: { status: "expired" },
    metadata: { ...REJECTED, ...decided(2), "workflow_execution_id": SECOND },
  },
  {
    says: "adopt",
    where: "the metadata names a newer execution, and neither has a decision",
    record: {},
    metadata: { "workflow_execution_id": SECOND },
  },
  {
    says: "adopt",
    where: "the record waits for its start, and the identity is verified",
    record: { accountId: null, workflowExecutionId: null },
    metadata: { ...VERIFIED, ...decided(1) },
  },
  {
    says: "adopt",
    where: "an operator decided a review after the copy was made",
    record: { ...REVIEW, ...at(1) },
    metadata: { status: "verified", verdict: "WARNING", ...decided(2) },
    named: FIRST_DECIDED,
  },
  {
    says: "confirm",
    where: "an unknown execution says verified while one of ours is open",
    record: {},
    metadata: { ...VERIFIED, ...decided(1), "workflow_execution_id": SECOND },
  },
  {
    says: "confirm",
    where: "an unknown execution says verified, and the record is rejected",
    record: { ...REJECTED, ...at(1) },
    metadata: { ...VERIFIED, ...decided(2), "workflow_execution_id": SECOND },
  },
  {
    says: "confirm",
    where: "a rejected record's identity names a newer execution without a decision",
    record: { ...REJECTED, ...at(1) },
    metadata: { "workflow_execution_id": SECOND },
  },
];
for (const { says, where, record, metadata, named = null } of CASES) {
  Deno.test(`decideReconciliation() says ${says} where ${where}`, () => {
    const decision = decideReconciliation({
      record: record && createRecord(record),
      metadata: metadata && createMetadata(metadata),
      named,
    }, { identityId: ID });

    assert.deepEqual(decision, says);
  });
}
