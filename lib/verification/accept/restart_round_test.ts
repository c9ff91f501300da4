// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
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
import { commitStart, createJumio, runStart, STARTED } from "../../../tests/support/start.ts";
import { commitCheck, PASSED, readRecord, runCheck } from "../../../tests/support/check.ts";
import { readJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { CHECK, PUBLISH, START } from "../job_kinds.ts";
import { acceptRestart } from "./restart.ts";

const LATER = NOW + 60_000;
const OPERATOR = { name: "grace", secretId: "01234567" };
const PRESS = { identityId: IDENTITY_ID, maxExecutions: 20, now: LATER };
const RESTART = { ...PRESS, operator: OPERATOR };
const REJECTED = { ...PASSED, decision: "REJECTED" };
const REJECTION = { status: "rejected", verdict: "FAILED", decidedAt: NOW } as const;
const REPLACES = { replaces: EXECUTION_ID };
const NEXT_ID = "b3c8d0e5-4f72-4a1c-9d38-a1e2c7b5f633";

/** A person whose execution cannot be continued: its link is over, and no result has come. */
async function createStuck(store: Store): Promise<void> {
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen());
}

function createNextJumio(status = "INITIATED"): ReturnType<typeof createJumio> {
  const start = () => Promise.resolve({ ...STARTED, workflowExecutionId: NEXT_ID });
  return createJumio({ start, status });
}

Deno.test("acceptRestart() begins a round for an operator, and none for a person who presses", async () => {
  for (
    const [options, round] of [[RESTART, 2], [PRESS, 1]] as const
  ) {
    await using store = createMemoryStore();
    await createStuck(store);

    assert.equal(await acceptRestart(store, options), "accepted");

    assert.equal((await readRecord(store))?.round, round);
    assert.equal((await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value, null);
  }
});

Deno.test("acceptRestart() lets a start that waited while a rejection came be made after all", async () => {
  await using store = createMemoryStore();
  await createStuck(store);
  await acceptRestart(store, PRESS);
  await commitCheck(store, (await runCheck(store, { details: REJECTED })).result);

  assert.equal(await acceptRestart(store, RESTART), "accepted");

  const jumio = createNextJumio();
  await commitStart(store, await runStart(store, { jumio, data: REPLACES }));
  assert.deepEqual([(await readRecord(store))?.status, jumio.starts.length], ["pending", 1]);
});

Deno.test("a rejection that was on its way counts after an operator's restart, and nothing is started", async () => {
  await using store = createMemoryStore();
  await createStuck(store);
  await acceptRestart(store, RESTART);

  await commitCheck(store, (await runCheck(store, { details: REJECTED })).result);

  const jumio = createNextJumio();
  const result = await runStart(store, { jumio, data: REPLACES });
  assert.equal((await readRecord(store))?.status, "rejected");
  assert.deepEqual([result, jumio.starts], [{ kind: "done", outcome: "ignored" }, []]);
});

Deno.test("a rejection that was on its way counts also in the execution after an operator's restart", async () => {
  await using store = createMemoryStore();
  await createStuck(store);
  await acceptRestart(store, RESTART);
  await commitStart(store, await runStart(store, { jumio: createNextJumio(), data: REPLACES }));

  await commitCheck(store, (await runCheck(store, { details: REJECTED })).result);

  const record = await readRecord(store);
  assert.deepEqual([record?.status, record?.workflowExecutionId], ["rejected", NEXT_ID]);
});

Deno.test("a start from before a rejection is not made when it is replayed", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(REJECTION));
  await storeExecution(store, createOpen());
  const jumio = createNextJumio();

  // Neither its age nor that of the rejection matters.
  for (const failures of [0, 50]) {
    const result = await runStart(store, { jumio, data: REPLACES, failures });

    assert.deepEqual([result, jumio.starts], [{ kind: "done", outcome: "ignored" }, []]);
  }
});

Deno.test("an execution that a restart keeps counts in the round of the restart", async () => {
  await using store = createMemoryStore();
  await createStuck(store);
  await acceptRestart(store, RESTART);

  const jumio = createNextJumio("UPLOADED");
  await commitStart(store, await runStart(store, { jumio, data: REPLACES }));
  await commitCheck(store, (await runCheck(store)).result);

  assert.deepEqual([jumio.starts, (await readRecord(store))?.status], [[], "verified"]);
  assert.notEqual((await readJob(store, { kind: CHECK, id: EXECUTION_ID })).value, null);
  assert.notEqual((await readJob(store, { kind: START, id: IDENTITY_ID })).value, null);
});
