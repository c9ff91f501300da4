// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { createJob, EXECUTION_ID, NOW } from "../../tests/support/verification_rows.ts";
import { deadLetterKey } from "../jobs/dead_letters.ts";
import { jobKey } from "../jobs/job.ts";
import { CHECK } from "./job_kinds.ts";
import { readResultReading } from "./result_reading.ts";

const HOUR = 3_600_000;
const POLL = { accountId: "a", isCalledBack: false, pollAfterMs: 0 };

for (
  const [firstFailedAt, hasLetter, expected] of [
    [null, false, "normal"],
    [NOW - HOUR + 1, false, "normal"],
    [NOW - HOUR, false, "late"],
    [null, true, "given_up"],
    [NOW - HOUR, true, "given_up"],
  ] as const
) {
  const since = firstFailedAt === null ? "without failures" : `failing for ${NOW - firstFailedAt}`;
  Deno.test(`readResultReading() is ${expected} ${since} ms, dead letter: ${hasLetter}`, async () => {
    await using store = createMemoryStore();
    const job = createJob(CHECK, { id: EXECUTION_ID, data: POLL, firstFailedAt });
    const letter = { key: deadLetterKey(CHECK, EXECUTION_ID), value: { v: 1 } };
    await store.commit({
      sets: [{ key: jobKey(CHECK, EXECUTION_ID), value: job }, ...(hasLetter ? [letter] : [])],
    });

    const { reading, check } = await readResultReading(store, {
      workflowExecutionId: EXECUTION_ID,
      now: NOW,
    });

    assert.deepEqual([reading, check?.id], [expected, EXECUTION_ID]);
  });
}

Deno.test("readResultReading() is normal without a check", async () => {
  await using store = createMemoryStore();
  const options = { workflowExecutionId: EXECUTION_ID, now: NOW };

  assert.deepEqual(await readResultReading(store, options), { reading: "normal", check: null });
});
