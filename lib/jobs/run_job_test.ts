// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  createTestRunner,
  DONE,
  readTestPublish,
  requestTestPublish,
} from "../../tests/support/jobs.ts";
import { UpstreamError } from "../upstream/error.ts";
import { PUBLISH, type PublishData } from "../verification/job_kinds.ts";
import { deadLetterKey } from "./dead_letters.ts";
import type { JobResult } from "./result.ts";

const DAY_MS = 86_400_000;

Deno.test("runJob() retries a failed job by its schedule, and logs the reason", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  let runs = 0;
  const error = new UpstreamError("kratos", "status", { action: "patch an identity", status: 500 });
  const publish = () => ++runs < 3 ? Promise.reject(error) : Promise.resolve(DONE);
  const { jobs, lines } = createTestRunner(store, { publish, clock });
  await requestTestPublish(store);

  await jobs.drain();
  const first = await readTestPublish(store);
  clock.now = 999;
  await jobs.drain();
  const tooSoon = runs;
  clock.now = 1000;
  await jobs.drain();
  clock.now = 3000;
  await jobs.drain();
  await jobs.stop();

  assert.deepEqual([first?.dueAt, first?.failures, first?.leaseId], [1000, 1, null]);
  assert.equal(tooSoon, 1);
  assert.equal(runs, 3);
  assert.equal(await readTestPublish(store), null);
  assert.match(lines[0] ?? "", /"level":"warn".*"reason":"kratos_status".*status 500/);
});

Deno.test("runJob() makes a dead letter of a job whose schedule is exhausted, with an error to alert on", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  const publish = () => Promise.reject(new UpstreamError("kratos", "timeout", { action: "patch" }));
  const { jobs, lines } = createTestRunner(store, { publish, clock });
  await requestTestPublish(store);

  await jobs.drain();
  clock.now = DAY_MS;
  await jobs.drain();
  await jobs.stop();

  const letter = await store.get<{ reason: string; failures: number }>(
    deadLetterKey(PUBLISH, "a"),
  );
  assert.deepEqual([letter.value?.reason, letter.value?.failures], ["kratos_timeout", 2]);
  assert.equal(await readTestPublish(store), null);
  assert.match(lines.at(-1) ?? "", /"level":"error".*Dead letter.*"outcome":"dead_lettered"/);
});

Deno.test("runJob() retries a job that failed because of a bug, and logs the stack", async () => {
  await using store = createMemoryStore();
  const publish = () => Promise.reject(new TypeError("undefined is not a function"));
  const { jobs, lines } = createTestRunner(store, { publish, clock: { now: 0 } });
  await requestTestPublish(store);

  await jobs.drain();
  await jobs.stop();

  assert.equal((await readTestPublish(store))?.failures, 1);
  assert.match(lines[0] ?? "", /"level":"error".*run_job_test.*"reason":"bug"/);
});

Deno.test("runJob() runs a job whose lease has ended, and the late run changes nothing", async () => {
  await using store = createMemoryStore();
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const late = createTestRunner(store, {
    publish: () =>
      release.then(() => ({ ...DONE, write: { sets: [{ key: ["by"], value: "late" }] } })),
    clock: { now: 0 },
  });
  const other = createTestRunner(store, {
    publish: () => Promise.resolve({ ...DONE, write: { sets: [{ key: ["by"], value: "other" }] } }),
    clock: { now: 30_000 },
  });
  await requestTestPublish(store);

  const lateDrain = late.jobs.drain();
  while ((await readTestPublish(store))?.leaseId === null) await Promise.resolve();
  await other.jobs.drain();
  resolve();
  await lateDrain;
  await late.jobs.stop();
  await other.jobs.stop();

  assert.equal((await store.get(["by"])).value, "other");
  assert.match(late.lines.join(), /A lease ended before its job/);
});

Deno.test("runJob() commits nothing under a lease that another instance has taken over", async () => {
  await using store = createMemoryStore();
  const releaseLate = Promise.withResolvers<void>();
  const releaseOther = Promise.withResolvers<void>();
  const late = createTestRunner(store, {
    publish: () =>
      releaseLate.promise.then(() => ({
        ...DONE,
        write: { sets: [{ key: ["by"], value: "late" }] },
      })),
    clock: { now: 0 },
  });
  const other = createTestRunner(store, {
    publish: () => releaseOther.promise.then(() => DONE),
    clock: { now: 30_000 },
  });
  await requestTestPublish(store);

  const lateDrain = late.jobs.drain();
  while ((await readTestPublish(store))?.dueAt !== 30_000) await Promise.resolve();
  const otherDrain = other.jobs.drain();
  while ((await readTestPublish(store))?.dueAt !== 60_000) await Promise.resolve();
  releaseLate.resolve();
  await lateDrain;
  const whileTaken = await store.get(["by"]);
  releaseOther.resolve();
  await otherDrain;
  await late.jobs.stop();
  await other.jobs.stop();

  assert.equal(whileTaken.value, null);
  assert.equal(await readTestPublish(store), null);
});

Deno.test("runJob() runs a job again that was requested during its run", async () => {
  await using store = createMemoryStore();
  let runs = 0;
  const publish = async () => {
    if (++runs === 1) await requestTestPublish(store);
    return DONE;
  };
  const { jobs } = createTestRunner(store, { publish, clock: { now: 0 } });
  await requestTestPublish(store);

  await jobs.drain();
  await jobs.stop();

  assert.equal(runs, 2);
  assert.equal(await readTestPublish(store), null);
});

Deno.test("runJob() runs a job again if what it had read has changed", async () => {
  await using store = createMemoryStore();
  let runs = 0;
  const publish = async (): Promise<JobResult<PublishData>> => {
    const row = await store.get(["record"]);
    if (++runs === 1) await store.commit({ sets: [{ key: ["record"], value: "newer" }] });
    return { ...DONE, write: { checks: [row] } };
  };
  const { jobs } = createTestRunner(store, { publish, clock: { now: 0 } });
  await requestTestPublish(store);

  await jobs.drain();
  await jobs.stop();

  assert.equal(runs, 2);
});
