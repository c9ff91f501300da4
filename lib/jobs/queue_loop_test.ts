// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  commitRequest,
  createTestRunner,
  DONE,
  requestTestPublish,
} from "../../tests/support/jobs.ts";
import { UpstreamError } from "../upstream/error.ts";
import { PUBLISH, type PublishData, START, type StartData } from "../verification/job_kinds.ts";
import type { JobResult } from "./result.ts";
import type { JobHandler } from "./run_job.ts";
import type { Job } from "./job.ts";
import type { Store } from "../kv/store.ts";

Deno.test("QueueLoop continues when KV is back", async () => {
  await using store = createMemoryStore();
  let isDown = true;
  const flaky: Store = {
    ...store,
    list: (selector, options) =>
      isDown
        ? Promise.reject(new UpstreamError("kv", "timeout", { action: "list from KV" }))
        : store.list(selector, options),
  };
  let runs = 0;
  const publish = () => (runs++, Promise.resolve(DONE));
  const { jobs, lines } = createTestRunner(flaky, { publish, clock: { now: 0 } });
  await requestTestPublish(store);

  await jobs.drain();
  const whileDown = runs;
  isDown = false;
  await jobs.drain();
  await jobs.stop();

  assert.deepEqual([whileDown, runs], [0, 1]);
  assert.match(lines[0] ?? "", /"level":"warn".*Cannot work on jobs/);
});

Deno.test("QueueLoop does not let a slow job delay the next one or the caller that waits for that", async () => {
  await using store = createMemoryStore();
  const slow = Promise.withResolvers<JobResult<PublishData>>();
  const done: string[] = [];
  const publish: JobHandler<PublishData> = async ({ id }) => {
    const result = id === "slow" ? await slow.promise : DONE;
    done.push(id);
    return result;
  };
  const { jobs } = createTestRunner(store, { publish, clock: { now: 0 } });
  await requestTestPublish(store, { id: "slow" });
  const first = jobs.attempt(PUBLISH, "slow");

  await requestTestPublish(store, { id: "next" });
  await jobs.attempt(PUBLISH, "next");
  await jobs.attempt(PUBLISH, "not due");
  slow.resolve(DONE);
  await first;
  await jobs.stop();

  assert.deepEqual(done, ["next", "slow"]);
});

async function requestStarts(store: Store, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    assert(await commitRequest(store, { kind: START, id, data: {}, dueAt: 0, now: 0 }));
  }
}

Deno.test("QueueLoop runs one start per slot of the rate limit, over all instances", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  const started: string[] = [];
  const start = ({ id }: Job<StartData>) => (started.push(id), Promise.resolve(DONE));
  const runners = [
    createTestRunner(store, { start, clock }),
    createTestRunner(store, { start, clock }),
  ];
  await requestStarts(store, ["a", "b", "c"]);

  const counts: number[] = [];
  for (clock.now of [0, 999, 1_000, 1_999, 2_000]) {
    await Promise.all(runners.map(({ jobs }) => jobs.drain()));
    counts.push(started.length);
  }
  await Promise.all(runners.map(({ jobs }) => jobs.stop()));

  assert.deepEqual([counts, started], [[1, 1, 2, 2, 3], ["a", "b", "c"]]);
});

Deno.test("QueueLoop acquires no slot if there is no start to run", async () => {
  await using store = createMemoryStore();
  const { jobs } = createTestRunner(store, { clock: { now: 5 } });
  await store.commit({ sets: [{ key: ["due", "start", 1, "gone"], value: null }] });

  await jobs.drain();
  await jobs.stop();

  assert.equal((await store.get(["rateLimit", "start"])).value, null);
  assert.deepEqual(await store.list({ prefix: ["due"] }, { limit: 1 }), []);
});

Deno.test("QueueLoop claims a job that is requested again during the claim", async () => {
  await using memory = createMemoryStore();
  let runs = 0;
  let asks = 1;
  const store: Store = {
    ...memory,
    async commit(write) {
      if (asks-- > 0) await requestTestPublish(memory);
      return await memory.commit(write);
    },
  };
  const publish = () => (runs++, Promise.resolve(DONE));
  const { jobs } = createTestRunner(store, { publish, clock: { now: 0 } });
  await requestTestPublish(memory);

  await jobs.drain();
  await jobs.stop();

  assert.equal(runs, 1);
});

Deno.test("QueueLoop claims nothing while this instance may not, and lets nobody wait for that", async () => {
  await using store = createMemoryStore();
  let mayClaim = false;
  let runs = 0;
  const start = () => (runs++, Promise.resolve(DONE));
  const { jobs } = createTestRunner(store, {
    start,
    mayClaim: () => Promise.resolve(mayClaim),
    clock: { now: 0 },
  });
  await commitRequest(store, { kind: START, id: "a", data: {}, dueAt: 0, now: 0 });

  await jobs.attempt(START, "a");
  const before = runs;
  mayClaim = true;
  await jobs.drain();
  await jobs.stop();

  assert.deepEqual([before, runs], [0, 1]);
});
