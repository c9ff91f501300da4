// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  commitCheck,
  PASSED,
  POLL,
  readRecord,
  readStatus,
  runCheck,
} from "../../../tests/support/check.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  createOpen,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeExecution,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { readCounts, sumCounts } from "../../history/hourly_counts.ts";
import { readTimeline } from "../../history/timeline.ts";
import { readJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { type Execution, executionKey } from "../executions.ts";
import { PUBLISH } from "../job_kinds.ts";
import type { Verification } from "../rows.ts";

const NEWER_ID = "b3c8d0e5-4f72-4a1c-9d38-a1e2c7b5f633";
const REJECTED = { ...PASSED, decision: "REJECTED" };
const VERIFIED = { status: "verified", verdict: "PASSED", decidedAt: NOW - 1 } as const;

/** A person whose execution is open, but not their newest one. */
async function createPerson(store: Store, change: Partial<Verification> = {}): Promise<void> {
  await storeVerification(store, createStarted({ workflowExecutionId: NEWER_ID, ...change }));
  await storeExecution(store, createOpen());
}

async function readSettled(store: Store): Promise<Execution["settled"] | undefined> {
  return (await store.get<Execution>(executionKey(EXECUTION_ID))).value?.settled;
}

Deno.test("handleCheck() rejects a person who started again before the rejection arrived", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const { result } = await runCheck(store, { details: REJECTED });
  await commitCheck(store, result);

  const record = await readRecord(store);
  assert.deepEqual([record?.status, record?.workflowExecutionId], ["rejected", NEWER_ID]);
  assert.equal((await readSettled(store))?.outcome, "applied");
  assert.notEqual((await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value, null);
});

Deno.test("handleCheck() verifies a person who started twice and passed with the first", async () => {
  await using store = createMemoryStore();
  await createPerson(store, { status: "expired" });

  const { result } = await runCheck(store);
  await commitCheck(store, result);

  assert.equal(await readStatus(store), "verified");
});

Deno.test("handleCheck() records and counts a decision that changes nothing", async () => {
  await using store = createMemoryStore();
  await createPerson(store, { round: 2, roundBeganAt: NOW });

  const { result } = await runCheck(store);
  await commitCheck(store, result);

  assert.deepEqual(result.kind === "done" && [result.outcome, result.settled], ["superseded", {
    isPolled: false,
    decided: { verdict: "PASSED", status: "verified" },
    isOverturned: false,
  }]);
  assert.equal(await readStatus(store), "pending");
  assert.equal((await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value, null);
  const ended = { outcome: "superseded", conclusion: "decided", verdict: "PASSED" } as const;
  assert.deepEqual(await readSettled(store), { at: NOW, ...ended });
  const { events } = await readTimeline(store, { subjectIds: [EXECUTION_ID], limit: 9 });
  assert.deepEqual(events.map(({ details }) => details), [ended]);
  assert.equal(sumCounts(await readCounts(store, { now: NOW, hours: 1 })).verified, 1);
});

Deno.test("handleCheck() publishes a rejection after verified, with an error for the alert", async () => {
  await using store = createMemoryStore();
  await createPerson(store, VERIFIED);

  const { result, lines } = await runCheck(store, { details: REJECTED });
  await commitCheck(store, result);

  assert.equal(await readStatus(store), "rejected");
  assert.equal(result.kind === "done" && result.settled?.isOverturned, true);
  assert.match(lines.join("\n"), /"level":"error".*A person who was verified is rejected now/);
  assert.notEqual((await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value, null);
});

Deno.test("handleCheck() settles nothing where a round begins at the same moment", async () => {
  await using store = createMemoryStore();
  await createPerson(store, { status: "rejected", verdict: "FAILED" });

  const { result } = await runCheck(store);
  await store.commit({
    sets: [{ key: ["verification", IDENTITY_ID], value: createStarted({ round: 2 }) }],
  });

  assert(result.kind === "done");
  assert.equal(await store.commit(result.write ?? {}), false);
});

const OLD_COPY = {
  status: "rejected",
  verdict: "FAILED",
  "account_id": ACCOUNT_ID,
  "workflow_execution_id": EXECUTION_ID,
  "decided_at": new Date(NOW - 3_600_000).toISOString(),
};

Deno.test("handleCheck() adopts a rejection before it lets a poll verify by an older copy of KV", async () => {
  await using store = createMemoryStore();
  await createPerson(store, { workflowExecutionId: EXECUTION_ID });

  const first = await runCheck(store, { data: POLL, metadata: OLD_COPY });
  const second = await runCheck(store, { data: POLL, metadata: OLD_COPY });
  await commitCheck(store, second.result);

  assert.equal(first.result.kind, "again");
  assert.equal(await readStatus(store), "rejected");
});

Deno.test("handleCheck() reads no identity before a rejection, or after a callback", async () => {
  for (const world of [{ data: POLL, details: REJECTED }, {}]) {
    await using store = createMemoryStore();
    await createPerson(store);

    const { calls } = await runCheck(store, world);

    assert(!calls.includes("metadata"));
  }
});
