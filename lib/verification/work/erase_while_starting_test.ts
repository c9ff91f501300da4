// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore, createTestLog } from "../../../tests/support/memory_store.ts";
import { ACCOUNT_ID, IDENTITY_ID, NOW } from "../../../tests/support/verification_rows.ts";
import { acceptErasure } from "../accept/erasure.ts";
import { acceptStart } from "../accept/start.ts";
import { ERASE, START } from "../job_kinds.ts";
import { createRateLimit } from "../../jobs/rate_limit.ts";
import {
  bindHandler,
  createJobRunner,
  createWakingStore,
  type JobRunner,
} from "../../jobs/runner.ts";
import { describeJobFailure } from "./failure.ts";
import type { StartOptions } from "./_started.ts";
import { handleStart } from "./start.ts";

Deno.test("an account that was created during an erasure is erased at once, not at the next look", async () => {
  await using rows = createMemoryStore();
  const { log } = createTestLog();
  const now = () => NOW;
  const erased = Promise.withResolvers<readonly string[]>();
  const store = createWakingStore(rows, (write) => jobs.wakeFor(write));
  const jumio: StartOptions["jumio"] = {
    retrieveStatus: () => Promise.resolve("INITIATED"),
    async startWorkflow() {
      // The erasure is requested during the call, and its own job is done before the call ends.
      const operator = { name: "grace", secretId: "1" };
      await acceptErasure(rows, { identityId: IDENTITY_ID, operator, now: NOW });
      const due = await rows.list({ prefix: ["due", ERASE.name] }, { limit: 1 });
      await rows.commit({
        deletes: [["job", ERASE.name, IDENTITY_ID], ...due.map(({ key }) => key)],
      });
      return { accountId: ACCOUNT_ID, workflowExecutionId: crypto.randomUUID(), href: undefined };
    },
  };
  const kratos = { getJumioMetadata: () => Promise.resolve(null) };
  const settings = { publicUrl: undefined, reconcileAfterMs: 1_000, maxExecutions: 20 };
  const options = { store, jumio, kratos, now, log, ...settings };
  const jobs: JobRunner = createJobRunner({
    handlers: [
      bindHandler(START, {
        handle: (job, span) => handleStart(job, span, options),
        rateLimit: createRateLimit({ kind: START, monotonic: now, perSecond: 1 }),
      }),
      bindHandler(ERASE, {
        handle({ data }) {
          erased.resolve(data.accountIds);
          return Promise.resolve({ kind: "done", outcome: "applied" });
        },
      }),
    ],
    store,
    now,
    random: () => 0.5,
    log,
    describeFailure: describeJobFailure,
    // No loop looks again by itself.
    setTimer: () => () => {},
  });

  await acceptStart(store, { identityId: IDENTITY_ID, now: NOW });
  const accountIds = await erased.promise;
  await jobs.stop();

  assert.deepEqual(accountIds, [ACCOUNT_ID]);
});
