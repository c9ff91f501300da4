// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describeChange, VerificationEvent } from "./event.ts";
import type { Verification } from "./rows.ts";
import { createVerification } from "./rows.ts";
import { createStarted, IDENTITY_ID, NOW } from "../../tests/support/verification_rows.ts";

const PENDING = createStarted({ sequence: NOW });
const VERIFIED = createStarted({
  status: "verified",
  verdict: "PASSED",
  decidedAt: NOW + 5,
  validUntil: NOW + 1_000,
});

Deno.test("describeChange() describes a change of the status", () => {
  const event = describeChange(PENDING, VERIFIED, { changedAt: NOW + 5 });

  assert.deepEqual(event, {
    "type": "verification.changed",
    "timestamp": "2026-01-01T00:00:00.005Z",
    "data": {
      "identity_id": IDENTITY_ID,
      "status": "verified",
      "previous_status": "pending",
      "verdict": "PASSED",
      "detail": null,
      "workflow_execution_id": PENDING.workflowExecutionId,
      "decided_at": "2026-01-01T00:00:00.005Z",
      "valid_until": "2026-01-01T00:00:01.000Z",
      "sequence": NOW + 5,
    },
  });
  assert.deepEqual(VerificationEvent.parse(event), event);
});

const ACCEPTED = createVerification(IDENTITY_ID, { now: NOW });

const CHANGES: readonly [string, Verification | null, Verification, string | undefined][] = [
  ["a start that Jumio has not answered", null, ACCEPTED, undefined],
  ["the first execution", ACCEPTED, PENDING, "none"],
  ["another execution", PENDING, { ...PENDING, workflowExecutionId: "other" }, undefined],
  ["an identity that was found again", { ...PENDING, goneAt: NOW }, PENDING, undefined],
  ["a record that was created with a decision", null, VERIFIED, "none"],
  ["another verdict of the same status", VERIFIED, { ...VERIFIED, verdict: "WARNING" }, "verified"],
];

for (const [name, previous, next, before] of CHANGES) {
  const expected = before === undefined ? "no event" : `an event after ${before}`;
  Deno.test(`describeChange() makes of ${name} ${expected}`, () => {
    const event = describeChange(previous, next, { changedAt: NOW });

    assert.equal(event?.data["previous_status"], before);
  });
}

Deno.test("describeChange() counts up where the clock did not move or was set back", () => {
  const event = describeChange(PENDING, VERIFIED, { changedAt: NOW - 1 });

  assert.equal(event?.data.sequence, NOW + 1);
});

Deno.test("describeChange() counts on after KV was put back to an older copy", () => {
  const copy = createStarted({ sequence: 3 });

  const event = describeChange(copy, VERIFIED, { changedAt: NOW + 5 });

  assert.equal(event?.data.sequence, NOW + 5);
});

Deno.test("describeChange() says why a validity ended", () => {
  const ended = createStarted({ status: "expired", detail: "validity_ended" });

  const event = describeChange(VERIFIED, ended, { changedAt: NOW + 9 });

  assert.deepEqual([event?.data["previous_status"], event?.data.detail], [
    "verified",
    "validity_ended",
  ]);
});
