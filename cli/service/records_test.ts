// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { showRecord } from "./records.ts";

const VERIFICATION = {
  "identity_id": "ada",
  "status": "verified",
  "verdict": "PASSED",
  "account_id": "account-1",
  "workflow_execution_id": "execution-2",
  "accepted_at": "2026-05-04T09:00:00.000Z",
  "initiated_at": null,
  "decided_at": null,
  "valid_until": null,
  "detail": null,
  "round": 1,
  "execution_count": 1,
  "executions_allowed": null,
  "changed_at": "2026-05-04T09:05:00.000Z",
  "gone_at": null,
};

const EXECUTION = {
  "workflow_execution_id": "execution-1",
  "created_at": null,
  "settled_at": null,
  "outcome": null,
  "conclusion": null,
  "verdict": null,
  "round": 1,
};

const RECORD = { "identity_id": "ada", verification: VERIFICATION, executions: [], erasure: null };

Deno.test("showRecord() shows the verification and each execution", () => {
  const settled = {
    ...EXECUTION,
    "workflow_execution_id": "execution-2",
    outcome: "superseded",
    verdict: "PASSED",
    "settled_at": "2026-05-04T09:04:00.000Z",
  };

  const { text } = showRecord({ ...RECORD, executions: [EXECUTION, settled] });

  assert.equal(
    text,
    `Identity       ada
Status         verified, since 2026-05-04 09:05:00
Verdict        PASSED
Registered     2026-05-04 09:00:00
Jumio account  account-1
Executions     1
Execution      execution-1  open
Execution      execution-2  superseded, PASSED, 2026-05-04 09:04:00
`,
  );
});

Deno.test("showRecord() puts the sentence before the record and passes the record as data", () => {
  const { text, data } = showRecord(RECORD, "A start is queued.");

  assert.match(text, /^A start is queued\.\n\nIdentity /);
  assert.equal(data, RECORD);
});

Deno.test("showRecord() shows when the service noticed that an identity was deleted in Ory", () => {
  const verification = { ...VERIFICATION, "gone_at": "2026-05-05T10:00:00.000Z" };

  const { text } = showRecord({ ...RECORD, verification });

  assert.match(text, /^Deleted in Ory +noticed 2026-05-05 10:00:00$/m);
});

for (
  const [erasedAt, expected] of [
    [null, "in progress"],
    ["2026-05-05T10:00:00.000Z", "2026-05-05 10:00:00"],
  ] as const
) {
  Deno.test(`showRecord() shows an erasure that is ${expected}`, () => {
    const erasure = {
      by: "grace",
      "secret_id": "1a2b",
      "requested_at": null,
      "erased_at": erasedAt,
    };

    const { text } = showRecord({ ...RECORD, verification: null, erasure });

    assert.equal(
      text,
      `Identity  ada\nErased    ${expected}, requested by grace (secret 1a2b)\n`,
    );
  });
}
