// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { commitRequest, createTestRunner, DONE } from "../../tests/support/jobs.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import type { Store } from "../kv/store.ts";
import { START, type StartData } from "../verification/job_kinds.ts";
import { claimJobs } from "./claim.ts";
import type { Job } from "./job.ts";
import type { JobResult } from "./result.ts";

async function requestStart(store: Store, id: string, dueAt = 0): Promise<void> {
  await commitRequest(store, { kind: START, id, data: {}, dueAt, now: 0 });
}

Deno.test("QueueLoop releases a caller whose job another instance has, however busy it is itself", async () => {
  await using memory = createMemoryStore();
  const clock = { now: 0 };
  const endless = Promise.withResolvers<JobResult<StartData>>();
  const started = Promise.withResolvers<void>();
  let isBusy = false;
  let looks = 0;
  const { jobs, store } = createTestRunner({
    ...memory,
    list(selector, options) {
      // Other queues are looked at as well, and faster.
      const isLook = isBusy && "start" in selector && selector.start[1] === START.name;
      // There is always a new reason to look again.
      if (isLook && looks++ < 100) jobs.wake();
      else if (isLook) endless.resolve(DONE);
      return memory.list(selector, options);
    },
  }, { start: () => (started.resolve(), endless.promise), clock });
  // Before this instance looks at the queue, which could claim this job too.
  await requestStart(memory, "theirs");
  await claimJobs(memory, { kind: START, now: () => clock.now, limit: 1 });
  await requestStart(memory, "ours");
  void jobs.attempt(START, "ours");
  await started.promise;

  isBusy = true;
  let looksBefore = Infinity;
  await jobs.attempt(START, "theirs").then(() => looksBefore = looks);
  endless.resolve(DONE);
  await jobs.stop();
  await store.close();

  assert(looksBefore < 5, `The caller waited for ${looksBefore} looks at the queue`);
});

/** A runner that counts its looks at the queue, with a caller that stores a start and waits for it. */
function createCaller(memory: Store, { start, onClaim }: {
  start: (job: Job<StartData>) => Promise<JobResult<StartData>>;
  /** Happens when a claim is written, and before the runner knows it. */
  onClaim?: () => Promise<void>;
}) {
  const clock = { now: 0 };
  const calls: string[] = [];
  const { jobs, store } = createTestRunner({
    ...memory,
    getMany: (keys) => (calls.push("read"), memory.getMany(keys)),
    list: (selector, options) => (calls.push("look"), memory.list(selector, options)),
    async commit(write) {
      const isClaim = calls.at(-1) === "read";
      calls.push("write");
      const isWritten = await memory.commit(write);
      if (isClaim) await onClaim?.();
      return isWritten;
    },
  }, { start, clock });
  const call = async (id: string, onWritten = () => {}) => {
    await requestStart(store, id, clock.now);
    onWritten();
    await jobs.attempt(START, id);
  };
  return { jobs, clock, calls, call };
}

Deno.test("QueueLoop claims what was just written here without a look at the queue", async () => {
  await using memory = createMemoryStore();
  const calls: string[] = [];
  const start = () => (calls.push("run"), Promise.resolve(DONE));
  const caller = createCaller(memory, { start });
  await caller.jobs.drain();
  caller.calls.length = 0;

  await caller.call("a");
  await caller.jobs.stop();

  assert.deepEqual(caller.calls.slice(0, 3), ["write", "read", "write"]);
  assert.deepEqual(calls, ["run"]);
});

Deno.test("QueueLoop passes nobody by: what has been due longer runs first", async () => {
  await using memory = createMemoryStore();
  const started: string[] = [];
  const start = ({ id }: Job<StartData>) => (started.push(id), Promise.resolve(DONE));
  const { jobs, clock, call } = createCaller(memory, { start });
  await jobs.drain();
  for (const id of ["a", "b"]) await requestStart(memory, id);
  await jobs.drain();
  clock.now = 1_000;

  await call("late");
  const first = [...started];
  clock.now = 3_000;
  await jobs.drain();
  await jobs.stop();

  assert.deepEqual([first, started], [["a", "b"], ["a", "b", "late"]]);
});

Deno.test("QueueLoop looks at the queue after what was written here", async () => {
  await using memory = createMemoryStore();
  const started: string[] = [];
  const calls: Promise<void>[] = [];
  const { jobs, clock, call } = createCaller(memory, {
    start({ id }) {
      started.push(id);
      if (id === "first") clock.now = 1_000;
      return Promise.resolve(DONE);
    },
    async onClaim() {
      if (calls.length > 1) return;
      const isWritten = Promise.withResolvers<void>();
      calls.push(call("second", isWritten.resolve));
      await isWritten.promise;
    },
  });
  await jobs.drain();
  // Of another instance, so nothing woke this one.
  await requestStart(memory, "theirs", -1);

  calls.push(call("first"));
  await calls[0];
  await calls[1];
  for (clock.now of [2_000, 3_000]) await jobs.drain();
  await jobs.stop();

  assert.deepEqual(started, ["first", "theirs", "second"]);
});
