// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  commitRequest,
  createTestRunner,
  DONE,
  readTestPublish,
  requestTestPublish,
} from "../../tests/support/jobs.ts";
import { UpstreamError } from "../upstream/error.ts";
import { PUBLISH, type PublishData, START } from "../verification/job_kinds.ts";
import { requestPublish } from "../verification/requests.ts";
import { type Job, readJob } from "./job.ts";
import type { Store } from "../kv/store.ts";
import type { Write } from "../kv/write.ts";
import { createWakingStore } from "./runner.ts";

Deno.test("JobRunner.drain() runs what is due and deletes it", async () => {
  await using store = createMemoryStore();
  const ids: string[] = [];
  const publish = (job: Job<PublishData>) => (ids.push(job.id), Promise.resolve(DONE));
  const { jobs } = createTestRunner(store, { publish, clock: { now: 5 } });
  await requestTestPublish(store, { id: "late", dueAt: 4 });
  await requestTestPublish(store, { id: "early", dueAt: 3 });
  await requestTestPublish(store, { id: "not yet", dueAt: 6 });

  await jobs.drain();
  await jobs.stop();

  assert.deepEqual(ids, ["early", "late"]);
  assert.equal((await readJob(store, { kind: PUBLISH, id: "early" })).value, null);
  assert.deepEqual((await store.list({ prefix: ["due"] }, { limit: 9 })).map(({ key }) => key[3]), [
    "not yet",
  ]);
});

Deno.test("JobRunner waits as long as an upstream asks", async () => {
  await using store = createMemoryStore();
  const options = { action: "patch an identity", status: 429, retryAfterMs: 30_000 };
  const publish = () => Promise.reject(new UpstreamError("kratos", "status", options));
  const { jobs } = createTestRunner(store, { publish, clock: { now: 0 } });
  await requestTestPublish(store);

  await jobs.drain();
  await jobs.stop();

  assert.equal((await readTestPublish(store))?.dueAt, 30_000);
});

Deno.test("JobRunner does not run a job that another instance has leased", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  const { promise: release, resolve } = Promise.withResolvers<void>();
  let runs = 0;
  const slow = createTestRunner(store, {
    publish: () => (runs++, release.then(() => DONE)),
    clock,
  });
  const other = createTestRunner(store, { publish: () => (runs++, Promise.resolve(DONE)), clock });
  await requestTestPublish(store);

  const slowDrain = slow.jobs.drain();
  while ((await readTestPublish(store))?.leaseId === null) await Promise.resolve();
  await other.jobs.drain();
  const whileLeased = runs;
  resolve();
  await slowDrain;
  await slow.jobs.stop();
  await other.jobs.stop();

  assert.equal(whileLeased, 1);
  assert.equal(runs, 1);
  assert.equal(await readTestPublish(store), null);
});

Deno.test("JobRunner.attempt() resolves when the job has run, or cannot run now", async () => {
  await using store = createMemoryStore();
  let runs = 0;
  const publish = () => (runs++, Promise.resolve(DONE));
  const { jobs } = createTestRunner(store, { publish, clock: { now: 0 } });
  await requestTestPublish(store);

  await jobs.attempt(PUBLISH, "a");
  await jobs.attempt(PUBLISH, "unknown");
  await jobs.stop();

  assert.equal(runs, 1);
});

Deno.test("JobRunner.wakeFor() runs what a handler's write makes due, although nobody names the kind", async () => {
  await using memory = createMemoryStore();
  const clock = { now: 0 };
  const published = Promise.withResolvers<string>();
  const { jobs, store } = createTestRunner(memory, {
    clock,
    start: async ({ id }) => ({
      ...DONE,
      write: requestPublish(await readJob(memory, { kind: PUBLISH, id }), {
        identityId: id,
        now: clock.now,
        trace: undefined,
      }),
    }),
    publish: ({ id }) => (published.resolve(id), Promise.resolve(DONE)),
    // No loop looks again by itself.
    setTimer: () => () => {},
  });
  await jobs.drain();

  await commitRequest(store, { kind: START, id: "a", data: {}, dueAt: 0, now: 0 });
  const id = await published.promise;
  await jobs.stop();

  assert.equal(id, "a");
});

Deno.test("JobRunner.wakeFor() does not look at a queue for what is due much later", async () => {
  await using memory = createMemoryStore();
  let lists = 0;
  const counting: Store = {
    ...memory,
    list: (selector, options) => (lists++, memory.list(selector, options)),
  };
  const { jobs, store } = createTestRunner(counting, {
    clock: { now: 0 },
    setTimer: () => () => {},
  });

  await requestTestPublish(store, { dueAt: 60_000 });
  const later = lists;
  await requestTestPublish(store, { id: "b", dueAt: 10_000 });
  await jobs.stop();

  assert.deepEqual([later, lists], [0, 1]);
});

Deno.test("createWakingStore() reports a write once it is committed, and only then", async () => {
  await using memory = createMemoryStore();
  const reported: Write[] = [];
  const store = createWakingStore(memory, (write) => reported.push(write));
  const write = { checks: [{ key: ["a"], versionstamp: null }], sets: [{ key: ["a"], value: 1 }] };

  const committed = [await store.commit(write), await store.commit(write)];

  assert.deepEqual([committed, reported], [[true, false], [write]]);
});
