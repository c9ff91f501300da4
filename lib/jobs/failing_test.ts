// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { CHECK, START } from "../verification/job_kinds.ts";
import { concludeJob } from "./conclude.ts";
import { isRefused, listFailing } from "./failing.ts";
import { deleteJob, readJob, requestJob } from "./job.ts";
import type { JobResult } from "./result.ts";
import type { Store } from "../kv/store.ts";

const NOW = 1_000_000;

async function request(store: Store, id: string, now = NOW): Promise<void> {
  const row = await readJob(store, { kind: START, id });
  await store.commit(requestJob(row, { kind: START, id, data: {}, dueAt: now, now }));
}

/** Ends a run with this result, or with a failure of this status. */
async function run(
  store: Store,
  id: string,
  { result = new Error("failed"), status, now = NOW }: {
    result?: JobResult | Error;
    status?: number;
    now?: number;
  },
): Promise<void> {
  const row = await readJob(store, { kind: START, id });
  if (row.value === null) return assert.fail("There is no such job");
  const { write } = concludeJob({ ...row, value: row.value }, {
    result,
    write: {},
    kind: START,
    now,
    random: () => 0,
    describeFailure: () => ({
      reason: "jumio_status",
      status,
      isExpected: true,
      isLasting: false,
      write: {},
    }),
  });
  assert(await store.commit(write));
}

Deno.test("listFailing() lists failing jobs with their last status, the longest failing first", async () => {
  await using store = createMemoryStore();
  for (const id of ["a", "b", "c"]) await request(store, id);
  await run(store, "b", { status: 503 });
  await run(store, "a", { status: 401, now: NOW + 1 });
  await run(store, "b", { status: 400, now: NOW + 2 });

  const { jobs, isMore } = await listFailing(store, { kind: START });

  assert.deepEqual(jobs, [
    { id: "b", since: NOW, reason: "jumio_status", status: 400 },
    { id: "a", since: NOW + 1, reason: "jumio_status", status: 401 },
  ]);
  assert.equal(isMore, false);
  assert.deepEqual((await listFailing(store, { kind: CHECK })).jobs, []);
});

for (
  const [name, result] of [
    ["done", { kind: "done", outcome: "applied" }],
    ["given up", { kind: "dead", reason: "jumio_other_account" }],
    ["due again", { kind: "again", dueAt: NOW, data: {} }],
  ] as const
) {
  Deno.test(`listFailing() leaves out a job that is ${name}`, async () => {
    await using store = createMemoryStore();
    await request(store, "a");
    await run(store, "a", { status: 401 });

    await run(store, "a", { result, now: NOW + 5 });

    assert.deepEqual((await listFailing(store, { kind: START })).jobs, []);
  });
}

Deno.test("listFailing() leaves out a job that was deleted, and keeps one that was requested again", async () => {
  await using store = createMemoryStore();
  for (const id of ["a", "b"]) {
    await request(store, id);
    await run(store, id, { status: 401 });
  }

  await store.commit(deleteJob(await readJob(store, { kind: START, id: "a" })));
  await request(store, "b", NOW + 10_000);

  const { jobs } = await listFailing(store, { kind: START });
  assert.deepEqual(jobs.map(({ id }) => id), ["b"]);
});

for (
  const [reason, status, expected] of [
    ["jumio_status", 401, true],
    ["jumio_status", 400, true],
    ["kratos_status", 404, true],
    ["jumio_status", 429, false],
    ["jumio_status", 408, false],
    ["kratos_status", 503, false],
    ["jumio_timeout", null, false],
    ["jumio_not_found", 404, false],
  ] as const
) {
  Deno.test(`isRefused() is ${expected} for ${reason} ${status}`, () => {
    assert.equal(isRefused({ reason, status }), expected);
  });
}
