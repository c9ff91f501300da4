// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  createJob,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { readRecord } from "../../../tests/support/check.ts";
import { MAX_LISTED_EXECUTIONS } from "../executions.ts";
import { START } from "../job_kinds.ts";
import { dueKey } from "../../jobs/due.ts";
import { jobKey, readJob } from "../../jobs/job.ts";
import { acceptRestart } from "./restart.ts";

const PRESS = { identityId: IDENTITY_ID, maxExecutions: 20, now: NOW + 60_000 };
const RESTART = { ...PRESS, operator: { name: "grace", secretId: "01234567" } };
const AT_LIMIT = createStarted({ status: "expired", executionCount: 20 });

Deno.test("acceptRestart() accepts no press of a person at the limit, until an operator restarts", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, AT_LIMIT);

  const before = await acceptRestart(store, PRESS);
  const job = await readJob(store, { kind: START, id: IDENTITY_ID });
  const restarted = await acceptRestart(store, RESTART);
  const after = await acceptRestart(store, PRESS);

  assert.deepEqual([before, job.value], ["limit_reached", null]);
  assert.deepEqual([restarted, after], ["accepted", "duplicate"]);
  const record = await readRecord(store);
  assert.deepEqual([record?.executionCount, record?.executionsAllowed], [20, 25]);
});

Deno.test("acceptRestart() allows more for an operator while a start waits, too", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, AT_LIMIT);
  const job = createJob(START, {
    id: IDENTITY_ID,
    data: { replaces: EXECUTION_ID },
    leaseId: null,
  });
  await store.commit({
    sets: [{ key: jobKey(START, IDENTITY_ID), value: job }, {
      key: dueKey(START, job),
      value: null,
    }],
  });

  assert.equal(await acceptRestart(store, RESTART), "duplicate");

  assert.equal((await readRecord(store))?.executionsAllowed, 25);
});

Deno.test("acceptRestart() refuses an operator, too, where an erasure could not close another execution", async () => {
  await using store = createMemoryStore();
  const executionCount = MAX_LISTED_EXECUTIONS;
  await storeVerification(store, { ...AT_LIMIT, executionCount, executionsAllowed: 100 });

  assert.equal(await acceptRestart(store, RESTART), "limit_reached");

  assert.equal((await readJob(store, { kind: START, id: IDENTITY_ID })).value, null);
});
