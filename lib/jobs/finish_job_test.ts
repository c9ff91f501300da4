// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
import { commitRequest, createTestRunner } from "../../tests/support/jobs.ts";
import { createJob, NOW } from "../../tests/support/verification_rows.ts";
import type { Store } from "../kv/store.ts";
import { JOB_KINDS, START, type StartData } from "../verification/job_kinds.ts";
import { type DeadLetter, deadLetterKey } from "./dead_letters.ts";
import { type Job, jobKey, readJob } from "./job.ts";
import { finishJob } from "./finish_job.ts";
import type { JobResult } from "./result.ts";

const DAY_MS = 86_400_000;
const MADE = { accountId: "a", workflowExecutionId: "e", tokenHash: null };

/** What a run made outside, with a write that KV always refuses. */
const TOO_LARGE: JobResult<StartData> = {
  kind: "done",
  outcome: "applied",
  buildWrite: () => Promise.resolve({ sets: [{ key: ["x"], value: "x".repeat(70_000) }] }),
  made: { made: MADE },
};

/** A store whose next commits fail, except those that claim jobs. */
function failCommits(memory: Store, fails: { left: number }): Store {
  return {
    ...memory,
    commit(write) {
      const isClaim = write.sets?.some(({ value }) =>
        (value as Partial<Job> | null)?.leaseId !== undefined &&
        (value as Partial<Job>).leaseId !== null
      );
      if (isClaim !== true && fails.left-- > 0) return Promise.reject(new Error("refused"));
      return memory.commit(write);
    },
  };
}

Deno.test("a result whose commit fails is committed later in the lease, and the work is not done again", async () => {
  await using memory = createMemoryStore();
  const fails = { left: 0 };
  const store = failCommits(memory, fails);
  let runs = 0;
  const start = () => {
    runs++;
    fails.left = 3;
    const write = { sets: [{ key: ["recorded"], value: 1 }] };
    return Promise.resolve({ kind: "done", outcome: "applied", write } as const);
  };
  const { jobs, lines } = createTestRunner(store, { start, clock: { now: 0 } });
  await commitRequest(memory, { kind: START, id: "a", data: {}, dueAt: 0, now: 0 });

  await jobs.drain();
  await jobs.stop();

  assert.equal(runs, 1);
  assert.equal((await memory.get(["recorded"])).value, 1);
  assert.equal((await readJob(memory, { kind: START, id: "a" })).value, null);
  assert.equal(lines.filter((line) => line.includes("did yet")).length, 3);
});

Deno.test("a result that KV always refuses is a failure with a back-off, and the job keeps what was made", async () => {
  await using store = createMemoryStore();
  const start = () => Promise.resolve(TOO_LARGE);
  const { jobs, lines } = createTestRunner(store, { start, clock: { now: 0 } });
  await commitRequest(store, { kind: START, id: "a", data: {}, dueAt: 0, now: 0 });

  await jobs.drain();
  await jobs.stop();

  const { value: job } = await readJob(store, { kind: START, id: "a" });
  assert.deepEqual([job?.failures, job?.leaseId, job?.dueAt], [1, null, 1_000]);
  assert.deepEqual(job?.data, { made: MADE });
  assert(lines.some((line) => /"level":"error".*Cannot commit what a job did/.test(line)));
});

Deno.test("a result that KV always refuses becomes a dead letter that keeps what was made", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  const start = () => Promise.resolve(TOO_LARGE);
  const { jobs } = createTestRunner(store, { start, clock });
  await commitRequest(store, { kind: START, id: "a", data: {}, dueAt: 0, now: 0 });

  await jobs.drain();
  clock.now = 2 * DAY_MS;
  await jobs.drain();
  await jobs.stop();

  const { value } = await store.get<DeadLetter<StartData>>(deadLetterKey(START, "a"));
  assert.deepEqual([value?.reason, value?.data], ["kv_failed", { made: MADE }]);
});

for (const kind of JOB_KINDS) {
  Deno.test(`a ${kind.name} job whose result cannot be committed is counted as failed`, async () => {
    await using store = createMemoryStore();
    const { log } = createTestLog();
    const job: Job = { ...createJob(START, { id: "a", data: {} }), kind: kind.name };
    await store.commit({ sets: [{ key: jobKey(kind, "a"), value: job }] });
    const write = { sets: [{ key: ["x"], value: "x".repeat(70_000) }] };

    const end = await finishJob(job, { kind: "done", outcome: "applied", write }, {
      kind,
      store,
      now: () => NOW,
      random: () => 0.5,
      delay: () => Promise.resolve(),
      log,
      describeFailure: () => ({
        reason: "kv_failed",
        isExpected: true,
        isLasting: false,
        write: {},
      }),
    });

    assert.deepEqual(end, { outcome: "failed", reason: "kv_failed" });
  });
}

Deno.test("a commit is not tried again after the end of the lease", async () => {
  await using memory = createMemoryStore();
  const clock = { now: 0 };
  const fails = { left: 0 };
  const store = failCommits(memory, fails);
  const start = () => {
    fails.left = 100;
    clock.now = 29_900;
    return Promise.resolve({ kind: "done", outcome: "applied" } as const);
  };
  const { jobs, lines } = createTestRunner(store, { start, clock });
  await commitRequest(memory, { kind: START, id: "a", data: {}, dueAt: 0, now: 0 });

  await jobs.drain();
  await jobs.stop();

  assert.equal(lines.filter((line) => line.includes("did yet")).length, 0);
});
