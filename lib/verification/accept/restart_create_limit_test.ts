// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  createJob,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { acceptErasure } from "./erasure.ts";
import { acceptRestart } from "./restart.ts";
import { createCallsKey, MAX_CREATES_A_DAY } from "../create_calls.ts";
import { ERASE, START, type StartData } from "../job_kinds.ts";
import { createVerification } from "../rows.ts";
import { type DeadLetter, deadLetterKey } from "../../jobs/dead_letters.ts";
import { dueKey } from "../../jobs/due.ts";
import { type Job, jobKey, readJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";

const PRESS = { identityId: IDENTITY_ID, maxExecutions: 20, now: NOW };
const OPERATOR = { name: "grace", secretId: "01234567" };
const MADE = { accountId: ACCOUNT_ID, workflowExecutionId: EXECUTION_ID, tokenHash: null };

async function storeStartJob(store: Store, change: Partial<Job<StartData>>): Promise<void> {
  const job = createJob(START, { id: IDENTITY_ID, data: {}, leaseId: null, ...change });
  await store.commit({
    sets: [{ key: jobKey(START, IDENTITY_ID), value: job }, {
      key: dueKey(START, job),
      value: null,
    }],
  });
}

async function useUpCreateCalls(store: Store): Promise<void> {
  const calls = Array(MAX_CREATES_A_DAY).fill({ at: NOW - 1, tokenHash: null });
  await store.commit({
    sets: [{ key: createCallsKey(IDENTITY_ID), value: { v: 1, calls, probedAt: null } }],
  });
}

async function storeLetter(store: Store): Promise<void> {
  const letter: DeadLetter<StartData> = {
    v: 1,
    kind: START.name,
    id: IDENTITY_ID,
    data: { made: MADE },
    reason: "kv_failed",
    failures: 9,
    deadAt: NOW,
  };
  await store.commit({ sets: [{ key: deadLetterKey(START, IDENTITY_ID), value: letter }] });
}

for (
  const [name, change] of [
    ["that failed", { failures: 1, dueAt: NOW + 240_000 }],
    ["that waits until it may be tried", { failures: 0, dueAt: NOW + 60_000 }],
  ] as const
) {
  Deno.test(`a press does not bring a start forward ${name}`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, createVerification(IDENTITY_ID, { now: NOW }));
    await storeStartJob(store, { ...change, lastRunAt: NOW - 60_000 });

    assert.equal(await acceptRestart(store, PRESS), "duplicate");

    const { value } = await readJob(store, { kind: START, id: IDENTITY_ID });
    assert.equal(value?.dueAt, change.dueAt);
  });
}

Deno.test("a press brings a start that was never tried to the front of the queue", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createVerification(IDENTITY_ID, { now: NOW }));
  await storeStartJob(store, { lastRunAt: null, dueAt: NOW });

  await acceptRestart(store, PRESS);

  const { value } = await readJob(store, { kind: START, id: IDENTITY_ID });
  assert((value?.dueAt ?? NOW) < NOW);
});

Deno.test("a press after six create calls in 24 hours starts nothing, and an operator's restart waits", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ status: "expired" }));
  await useUpCreateCalls(store);

  assert.equal(await acceptRestart(store, PRESS), "too_many");
  assert.equal((await readJob(store, { kind: START, id: IDENTITY_ID })).value, null);
  assert.equal(await acceptRestart(store, { ...PRESS, operator: OPERATOR }), "accepted");
});

Deno.test("a restart after a start that could not be recorded takes over what was made", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createVerification(IDENTITY_ID, { now: NOW }));
  await storeLetter(store);

  await acceptRestart(store, PRESS);

  const { value } = await readJob(store, { kind: START, id: IDENTITY_ID });
  assert.deepEqual(value?.data.made, MADE);
  assert.equal((await store.get(deadLetterKey(START, IDENTITY_ID))).value, null);
});

Deno.test("an erasure deletes the account of a start that could not be recorded", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createVerification(IDENTITY_ID, { now: NOW }));
  await storeLetter(store);

  await acceptErasure(store, { ...PRESS, operator: OPERATOR });

  const { value } = await readJob(store, { kind: ERASE, id: IDENTITY_ID });
  assert.deepEqual(value?.data.accountIds, [ACCOUNT_ID]);
});
