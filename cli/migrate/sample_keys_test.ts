// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readSampleKeys, type SampleOptions } from "./sample_keys.ts";

const ACCOUNT_ID = "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10";
const WORKFLOW_ID = "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522";

function read(
  flatPublic: Record<string, unknown>,
  { jumio, flatAdmin = {}, ...options }: Partial<SampleOptions> & {
    jumio?: unknown;
    flatAdmin?: Record<string, unknown>;
  } = {},
): ReturnType<typeof readSampleKeys> {
  const identity = { id: "ada", createdAt: undefined, jumio, flatPublic, flatAdmin };
  return readSampleKeys(identity, { rejectedAs: "rejected", warningAs: "rejected", ...options });
}

const STATUS = "jumio_verification_status";
const DECISION = "jumio_verification_decision";

Deno.test("readSampleKeys() reads every key of the sample from both kinds of metadata", () => {
  const reading = read({
    [STATUS]: "verified",
    [DECISION]: "PASSED",
    "jumio_account_id": ACCOUNT_ID.toUpperCase(),
    "jumio_initiated_at": "2025-01-02T03:04:05+01:00",
    "jumio_verified_at": "2025-01-02T04:00:00Z",
    "jumio_last_validated_at": "2025-02-02T04:00:00Z",
  }, { flatAdmin: { "jumio_workflow_id": WORKFLOW_ID, "jumio_transaction_token": "eyJ" } });

  assert.deepEqual(reading, {
    kind: "migrate",
    from: "verified",
    metadata: {
      "status": "verified",
      "verdict": "PASSED",
      "account_id": ACCOUNT_ID,
      "workflow_execution_id": WORKFLOW_ID,
      "verification_url": null,
      "initiated_at": "2025-01-02T02:04:05.000Z",
      "decided_at": "2025-01-02T04:00:00.000Z",
      "valid_until": null,
      "detail": null,
    },
  });
});

for (
  const [flat, status, verdict, options] of [
    [{ [STATUS]: "initiated" }, "pending", null],
    [{ [STATUS]: "pending" }, "pending", null],
    [{ [STATUS]: "Approved" }, "verified", "PASSED"],
    [{ "jumio_status": "verified" }, "verified", "PASSED"],
    [{ [STATUS]: "failed" }, "rejected", "FAILED"],
    [{ [STATUS]: "expired" }, "expired", null],
    [{ [STATUS]: "rejected" }, "rejected", "FAILED"],
    [{ [STATUS]: "rejected" }, "expired", null, { rejectedAs: "expired" }],
    [{ [STATUS]: "rejected", [DECISION]: "NOT_EXECUTED" }, "expired", null, {
      rejectedAs: "expired",
    }],
    [{ [STATUS]: "rejected", [DECISION]: "REJECTED" }, "rejected", "FAILED", {
      rejectedAs: "expired",
      warningAs: "review",
    }],
    [{ [STATUS]: "rejected", [DECISION]: "WARNING" }, "rejected", "WARNING", {
      rejectedAs: "expired",
    }],
    [{ [STATUS]: "rejected", [DECISION]: "WARNING" }, "review", "WARNING", {
      warningAs: "review",
    }],
  ] as const
) {
  Deno.test(`readSampleKeys() converts ${JSON.stringify(flat)} to ${status} with ${JSON.stringify(options ?? {})}`, () => {
    const reading = read(flat, options);

    assert(reading.kind === "migrate");
    assert.deepEqual([reading.metadata.status, reading.metadata.verdict], [status, verdict]);
  });
}

Deno.test("readSampleKeys() drops invalid ids and times", () => {
  const reading = read({
    [STATUS]: "verified",
    "jumio_account_id": "undefined",
    "jumio_initiated_at": "yesterday",
    "jumio_verified_at": 5,
  });

  assert(reading.kind === "migrate");
  const { account_id: accountId, initiated_at: start, decided_at: end } = reading.metadata;
  assert.deepEqual([accountId, start, end], [null, null, null]);
});

for (
  const [name, reading, kind] of [
    [
      "our jumio key",
      read({ [STATUS]: "rejected" }, { jumio: { status: "verified" } }),
      "has_jumio",
    ],
    ["a jumio key of another form", read({ [STATUS]: "rejected" }, { jumio: "x" }), "has_jumio"],
    ["no keys of the sample", read({}), "no_flat_keys"],
    ["an unknown status", read({ [STATUS]: "limbo" }), "unknown_status"],
    [
      "a status that is a property of every object",
      read({ [STATUS]: "constructor" }),
      "unknown_status",
    ],
    ["a status that is not text", read({ [STATUS]: true }), "unknown_status"],
    ["no status", read({ "jumio_account_id": ACCOUNT_ID }), "unknown_status"],
  ] as const
) {
  Deno.test(`readSampleKeys() does not convert an identity with ${name}`, () => {
    assert.deepEqual(reading, { kind });
  });
}

Deno.test("readSampleKeys() ignores a jumio key that is null", () => {
  assert.equal(read({ [STATUS]: "verified" }, { jumio: null }).kind, "migrate");
});
