// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { CHECK, ERASE, EXPIRE, findJobKind, JOB_KINDS, PUBLISH, START } from "./job_kinds.ts";

const POLL = { accountId: "a", isCalledBack: false, pollAfterMs: 7 };

Deno.test("findJobKind() finds each kind by its name, and none by another text", () => {
  assert.deepEqual(JOB_KINDS.map(({ name }) => findJobKind(name)), [...JOB_KINDS]);
  assert.equal(findJobKind("toString"), undefined);
});

Deno.test("START.mergeData() and PUBLISH.mergeData() follow the last request", () => {
  const forced = { isConfirmation: false, isForced: true };

  assert.deepEqual(START.mergeData({ locale: "de" }, { replaces: "e" }), { replaces: "e" });
  assert.deepEqual(PUBLISH.mergeData({ isConfirmation: false }, forced), forced);
  assert.deepEqual(PUBLISH.mergeData({ isConfirmation: true }, forced), forced);
});

Deno.test("PUBLISH.mergeData() keeps a confirmation, which finds what is to be written", () => {
  const confirmation = { isConfirmation: true, changedAt: 1, losses: { count: 2, since: 1 } };

  assert.deepEqual(PUBLISH.mergeData(confirmation, { isConfirmation: false }), confirmation);
});

Deno.test("START.mergeData() loses nothing that was made at Jumio", () => {
  const made = { accountId: "a", workflowExecutionId: "e", tokenHash: null };

  assert.deepEqual(START.mergeData({ made }, { locale: "de" }), { locale: "de", made });
});

Deno.test("CHECK.mergeData() keeps what a callback said when a poll is requested", () => {
  const calledBack = { ...POLL, isCalledBack: true, expectedIdentityId: "i" };

  assert.deepEqual(CHECK.mergeData(calledBack, POLL), calledBack);
});

Deno.test("CHECK.mergeData() follows a callback, and keeps the delay of the polls", () => {
  const calledBack = { accountId: "b", isCalledBack: true, pollAfterMs: 0 };

  assert.deepEqual(CHECK.mergeData({ ...POLL, expectedIdentityId: "i" }, calledBack), {
    ...calledBack,
    pollAfterMs: 7,
  });
});

Deno.test("ERASE.mergeData() loses no account, and no status that stays on the identity", () => {
  const left = {
    status: "rejected",
    verdict: "FAILED",
    initiatedAt: null,
    decidedAt: null,
    validUntil: null,
    detail: null,
  };

  const merged = ERASE.mergeData(
    { accountIds: ["a", "b"], left, isConfirmation: true },
    { accountIds: ["b", "c"], left: null, isConfirmation: false },
  );

  assert.deepEqual(merged, { accountIds: ["a", "b", "c"], left, isConfirmation: false });
});

Deno.test("EXPIRE.mergeData() forgets neither an announced end nor one to be looked at", () => {
  const nothing = { announced: null, endedAt: null };
  const known = { announced: 1, endedAt: 2 };

  assert.deepEqual(EXPIRE.mergeData(known, nothing), known);
  assert.deepEqual(EXPIRE.mergeData(known, { announced: 3, endedAt: 4 }), {
    announced: 3,
    endedAt: 4,
  });
});
