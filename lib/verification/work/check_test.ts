// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  CALLED_BACK,
  commitCheck,
  PASSED,
  POLL,
  readRecord,
  readStatus,
  runCheck,
} from "../../../tests/support/check.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  createOpen,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeExecution,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { readJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { UpstreamError } from "../../upstream/error.ts";
import { type Execution, executionKey } from "../executions.ts";
import { PUBLISH } from "../job_kinds.ts";
import type { Verification } from "../rows.ts";

const MINUTE = 60_000;

async function createPerson(store: Store, change: Partial<Verification> = {}): Promise<void> {
  await storeVerification(store, createStarted(change));
  await storeExecution(store, createOpen({ trace: "start" }));
}

async function readSettled(store: Store): Promise<Execution["settled"] | undefined> {
  return (await store.get<Execution>(executionKey(EXECUTION_ID))).value?.settled;
}

Deno.test("handleCheck() settles the newest execution and requests the publication of its verdict", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const { result, links } = await runCheck(store);
  await commitCheck(store, result);

  assert.deepEqual(result.kind === "done" && result.settled, {
    isPolled: false,
    decided: { verdict: "PASSED", status: "verified" },
    isOverturned: false,
  });
  assert.equal(await readStatus(store), "verified");
  assert.equal((await readSettled(store))?.outcome, "applied");
  const { value: publish } = await readJob(store, { kind: PUBLISH, id: IDENTITY_ID });
  assert.deepEqual([publish?.dueAt, publish?.trace, links], [NOW, "trace", ["start"]]);
});

Deno.test("handleCheck() reports that a poll found the result", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const { result, calls } = await runCheck(store, { data: POLL });

  assert.deepEqual(calls, ["status", "details", "metadata"]);
  assert.equal(result.kind === "done" && result.settled?.isPolled, true);
});

Deno.test("handleCheck() leaves the status pending without a decision, and settles the execution", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const { result } = await runCheck(store, { details: { ...PASSED, decision: "NOT_EXECUTED" } });
  await commitCheck(store, result);

  assert.equal(await readStatus(store), "pending");
  assert.equal((await readRecord(store))?.detail, "inconclusive");
  assert.equal((await readSettled(store))?.conclusion, "inconclusive");
});

Deno.test("handleCheck() calls nobody for an execution that is settled", async () => {
  await using store = createMemoryStore();
  const settled = {
    at: NOW,
    outcome: "applied",
    conclusion: "decided",
    verdict: "PASSED",
  } as const;
  await storeExecution(store, createOpen({ settled }));

  const { result, calls } = await runCheck(store);

  assert.deepEqual([result, calls], [{ kind: "done", outcome: "ignored" }, []]);
});

Deno.test("handleCheck() polls again after twice the delay, up to an hour", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const first = await runCheck(store, { status: "INITIATED", data: POLL });
  const late = await runCheck(store, {
    status: "INITIATED",
    data: { ...POLL, pollAfterMs: 50 * MINUTE },
  });

  assert.deepEqual(first.result, {
    kind: "again",
    dueAt: NOW + 20 * MINUTE,
    data: { ...POLL, pollAfterMs: 20 * MINUTE },
  });
  assert.equal(late.result.kind === "again" && late.result.dueAt, NOW + 60 * MINUTE);
});

Deno.test("handleCheck() retries by the schedule if the result is not there yet, then polls", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const { result } = await runCheck(store, { details: { ...PASSED, status: "ACQUIRED" } });

  assert.deepEqual(result, {
    kind: "not_yet",
    exhausted: { dueAt: NOW + 20 * MINUTE, data: { ...POLL, pollAfterMs: 20 * MINUTE } },
  });
});

Deno.test("handleCheck() fails if Jumio has no details, so that the schedule retries", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  await assert.rejects(
    runCheck(store, { details: undefined }),
    (error) => error instanceof UpstreamError && error.status === 404,
  );
});

for (
  const [what, change] of [
    ["another identity", { customerInternalReference: crypto.randomUUID() }],
    ["a second reference that differs", { userReference: crypto.randomUUID() }],
    ["no identity", { customerInternalReference: undefined }],
    ["another account", { accountId: crypto.randomUUID() }],
    ["another execution", { workflowExecutionId: crypto.randomUUID() }],
  ] as const
) {
  Deno.test(`handleCheck() makes a dead letter if Jumio names ${what}`, async () => {
    await using store = createMemoryStore();
    await createPerson(store);

    const { result } = await runCheck(store, { details: { ...PASSED, ...change } });

    assert.deepEqual(result, { kind: "dead", reason: "read_back_mismatch" });
  });
}

Deno.test("handleCheck() waits for the create call's answer before it judges an unknown execution", async () => {
  await using store = createMemoryStore();

  const { result, calls } = await runCheck(store);

  assert.deepEqual([result, calls], [{ kind: "again", dueAt: NOW + 2_000, data: CALLED_BACK }, []]);
});
