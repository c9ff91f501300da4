import assert from "node:assert/strict";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
import { UpstreamError } from "../upstream/error.ts";
import { deadLetterKey, type JobResult } from "./result.ts";
import { createJobRunner, type JobHandler, type JobRunner } from "./runner.ts";
import { type Job, readJob, requestJobFrom } from "./job.ts";
import { createRateLimit } from "./rate_limit.ts";
import type { Store } from "../kv/store.ts";

const DONE: JobResult<"publish"> = { kind: "done", outcome: "applied" };
const DONE_START: JobResult<"start"> = { kind: "done", outcome: "applied" };
const DAY_MS = 86_400_000;

/** A runner whose only work is `publish`, with a clock that a test moves. */
function createRunner(
  store: Store,
  { publish = () => Promise.resolve(DONE), start, clock }: {
    publish?: JobHandler<"publish">;
    start?: JobHandler<"start">;
    clock: { now: number };
  },
): { jobs: JobRunner; lines: string[] } {
  const { log, lines } = createTestLog();
  const jobs = createJobRunner({
    store,
    now: () => clock.now,
    random: () => 0.5,
    log,
    rateLimit: createRateLimit({ now: () => clock.now, perSecond: 1 }),
    handlers: {
      start: start ?? (() => Promise.resolve({ kind: "done", outcome: "applied" })),
      check: () => Promise.resolve({ kind: "done", outcome: "applied" }),
      publish,
      erase: () => Promise.resolve({ kind: "done", outcome: "applied" }),
    },
  });
  return { jobs, lines };
}

async function request(store: Store, { id = "a", dueAt = 0, now = 0 } = {}): Promise<void> {
  const data = { isConfirmation: false };
  assert(
    await store.commit(await requestJobFrom(store, { kind: "publish", id, data, dueAt, now })),
  );
}

async function readPublish(store: Store): Promise<Job<"publish"> | null> {
  return (await readJob(store, { kind: "publish", id: "a" })).value;
}

Deno.test("JobRunner.drain() does what is due and removes it", async () => {
  await using store = createMemoryStore();
  const ids: string[] = [];
  const publish = (job: Job<"publish">) => (ids.push(job.id), Promise.resolve(DONE));
  const { jobs } = createRunner(store, { publish, clock: { now: 5 } });
  await request(store, { id: "late", dueAt: 4 });
  await request(store, { id: "early", dueAt: 3 });
  await request(store, { id: "not yet", dueAt: 6 });

  await jobs.drain();
  await jobs.stop();

  assert.deepEqual(ids, ["early", "late"]);
  assert.equal((await readJob(store, { kind: "publish", id: "early" })).value, null);
  assert.deepEqual((await store.list({ prefix: ["due"] }, { limit: 9 })).map(({ key }) => key[3]), [
    "not yet",
  ]);
});

Deno.test("JobRunner tries again by the schedule after a failure, and logs why", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  let runs = 0;
  const error = new UpstreamError("kratos", "status", { action: "patch an identity", status: 500 });
  const publish = () => ++runs < 3 ? Promise.reject(error) : Promise.resolve(DONE);
  const { jobs, lines } = createRunner(store, { publish, clock });
  await request(store);

  await jobs.drain();
  const first = await readPublish(store);
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
  assert.equal(await readPublish(store), null);
  assert.match(lines[0] ?? "", /"level":"warn".*"reason":"kratos_status".*status 500/);
});

Deno.test("JobRunner waits as long as an upstream asks", async () => {
  await using store = createMemoryStore();
  const options = { action: "patch an identity", status: 429, retryAfterMs: 30_000 };
  const publish = () => Promise.reject(new UpstreamError("kratos", "status", options));
  const { jobs } = createRunner(store, { publish, clock: { now: 0 } });
  await request(store);

  await jobs.drain();
  await jobs.stop();

  assert.equal((await readPublish(store))?.dueAt, 30_000);
});

Deno.test("JobRunner sets a job aside when its schedule is used up, with an error to alert on", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  const publish = () => Promise.reject(new UpstreamError("kratos", "timeout", { action: "patch" }));
  const { jobs, lines } = createRunner(store, { publish, clock });
  await request(store);

  await jobs.drain();
  clock.now = DAY_MS;
  await jobs.drain();
  await jobs.stop();

  const letter = await store.get<{ reason: string; failures: number }>(
    deadLetterKey("publish", "a"),
  );
  assert.deepEqual([letter.value?.reason, letter.value?.failures], ["kratos_timeout", 1]);
  assert.equal(await readPublish(store), null);
  assert.match(lines.at(-1) ?? "", /"level":"error".*Dead letter.*"outcome":"dead_lettered"/);
});

Deno.test("JobRunner keeps a job that met a bug, and logs the stack", async () => {
  await using store = createMemoryStore();
  const publish = () => Promise.reject(new TypeError("undefined is not a function"));
  const { jobs, lines } = createRunner(store, { publish, clock: { now: 0 } });
  await request(store);

  await jobs.drain();
  await jobs.stop();

  assert.equal((await readPublish(store))?.failures, 1);
  assert.match(lines[0] ?? "", /"level":"error".*runner_test.*"reason":"bug"/);
});

Deno.test("JobRunner does not touch a job that another instance has leased", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  const { promise: release, resolve } = Promise.withResolvers<void>();
  let runs = 0;
  const slow = createRunner(store, {
    publish: () => (runs++, release.then(() => DONE)),
    clock,
  });
  const other = createRunner(store, { publish: () => (runs++, Promise.resolve(DONE)), clock });
  await request(store);

  const slowDrain = slow.jobs.drain();
  while ((await readPublish(store))?.leaseId === null) await Promise.resolve();
  await other.jobs.drain();
  const whileLeased = runs;
  resolve();
  await slowDrain;
  await slow.jobs.stop();
  await other.jobs.stop();

  assert.equal(whileLeased, 1);
  assert.equal(runs, 1);
  assert.equal(await readPublish(store), null);
});

Deno.test("JobRunner takes over when a lease has ended, and the late one changes nothing", async () => {
  await using store = createMemoryStore();
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const late = createRunner(store, {
    publish: () =>
      release.then(() => ({ ...DONE, write: { sets: [{ key: ["by"], value: "late" }] } })),
    clock: { now: 0 },
  });
  const other = createRunner(store, {
    publish: () => Promise.resolve({ ...DONE, write: { sets: [{ key: ["by"], value: "other" }] } }),
    clock: { now: 30_000 },
  });
  await request(store);

  const lateDrain = late.jobs.drain();
  while ((await readPublish(store))?.leaseId === null) await Promise.resolve();
  await other.jobs.drain();
  resolve();
  await lateDrain;
  await late.jobs.stop();
  await other.jobs.stop();

  assert.equal((await store.get(["by"])).value, "other");
  assert.match(late.lines.join(), /A lease ended before its job/);
});

Deno.test("JobRunner changes nothing under a lease that another instance has taken over", async () => {
  await using store = createMemoryStore();
  const releaseLate = Promise.withResolvers<void>();
  const releaseOther = Promise.withResolvers<void>();
  const late = createRunner(store, {
    publish: () =>
      releaseLate.promise.then(() => ({
        ...DONE,
        write: { sets: [{ key: ["by"], value: "late" }] },
      })),
    clock: { now: 0 },
  });
  const other = createRunner(store, {
    publish: () => releaseOther.promise.then(() => DONE),
    clock: { now: 30_000 },
  });
  await request(store);

  const lateDrain = late.jobs.drain();
  while ((await readPublish(store))?.dueAt !== 30_000) await Promise.resolve();
  const otherDrain = other.jobs.drain();
  while ((await readPublish(store))?.dueAt !== 60_000) await Promise.resolve();
  releaseLate.resolve();
  await lateDrain;
  const whileTaken = await store.get(["by"]);
  releaseOther.resolve();
  await otherDrain;
  await late.jobs.stop();
  await other.jobs.stop();

  assert.equal(whileTaken.value, null);
  assert.equal(await readPublish(store), null);
});

Deno.test("JobRunner runs a job again that was asked for while it ran", async () => {
  await using store = createMemoryStore();
  let runs = 0;
  const publish = async () => {
    if (++runs === 1) await request(store);
    return DONE;
  };
  const { jobs } = createRunner(store, { publish, clock: { now: 0 } });
  await request(store);

  await jobs.drain();
  await jobs.stop();

  assert.equal(runs, 2);
  assert.equal(await readPublish(store), null);
});

Deno.test("JobRunner runs a job again when what it had read has changed", async () => {
  await using store = createMemoryStore();
  let runs = 0;
  const publish = async (): Promise<JobResult<"publish">> => {
    const row = await store.get(["record"]);
    if (++runs === 1) await store.commit({ sets: [{ key: ["record"], value: "newer" }] });
    return { ...DONE, write: { checks: [row] } };
  };
  const { jobs } = createRunner(store, { publish, clock: { now: 0 } });
  await request(store);

  await jobs.drain();
  await jobs.stop();

  assert.equal(runs, 2);
});

Deno.test("JobRunner.attempt() resolves when the job has run, or cannot run now", async () => {
  await using store = createMemoryStore();
  let runs = 0;
  const publish = () => (runs++, Promise.resolve(DONE));
  const { jobs } = createRunner(store, { publish, clock: { now: 0 } });
  await request(store);

  await jobs.attempt("publish", "a");
  await jobs.attempt("publish", "unknown");
  await jobs.stop();

  assert.equal(runs, 1);
});

Deno.test("JobRunner goes on when KV is back", async () => {
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
  const { jobs, lines } = createRunner(flaky, { publish, clock: { now: 0 } });
  await request(store);

  await jobs.drain();
  const whileDown = runs;
  isDown = false;
  await jobs.drain();
  await jobs.stop();

  assert.deepEqual([whileDown, runs], [0, 1]);
  assert.match(lines[0] ?? "", /"level":"warn".*Cannot work on jobs/);
});

Deno.test("JobRunner lets a slow job hold up neither the next one nor who waits for it", async () => {
  await using store = createMemoryStore();
  const slow = Promise.withResolvers<JobResult<"publish">>();
  const done: string[] = [];
  const publish: JobHandler<"publish"> = async ({ id }) => {
    const result = id === "slow" ? await slow.promise : DONE;
    done.push(id);
    return result;
  };
  const { jobs } = createRunner(store, { publish, clock: { now: 0 } });
  await request(store, { id: "slow" });
  const first = jobs.attempt("publish", "slow");

  await request(store, { id: "next" });
  await jobs.attempt("publish", "next");
  await jobs.attempt("publish", "not due");
  slow.resolve(DONE);
  await first;
  await jobs.stop();

  assert.deepEqual(done, ["next", "slow"]);
});

async function requestStarts(store: Store, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const job = { kind: "start", id, data: {}, dueAt: 0, now: 0 } as const;
    assert(await store.commit(await requestJobFrom(store, job)));
  }
}

Deno.test("JobRunner makes one start a turn, however many instances there are", async () => {
  await using store = createMemoryStore();
  const clock = { now: 0 };
  const started: string[] = [];
  const start = ({ id }: Job<"start">) => (started.push(id), Promise.resolve(DONE_START));
  const runners = [createRunner(store, { start, clock }), createRunner(store, { start, clock })];
  await requestStarts(store, ["a", "b", "c"]);

  const counts: number[] = [];
  for (clock.now of [0, 999, 1_000, 1_999, 2_000]) {
    await Promise.all(runners.map(({ jobs }) => jobs.drain()));
    counts.push(started.length);
  }
  await Promise.all(runners.map(({ jobs }) => jobs.stop()));

  assert.deepEqual([counts, started], [[1, 1, 2, 2, 3], ["a", "b", "c"]]);
});

Deno.test("JobRunner takes no turn where there is no start to make", async () => {
  await using store = createMemoryStore();
  const { jobs } = createRunner(store, { clock: { now: 5 } });
  await store.commit({ sets: [{ key: ["due", "start", 1, "gone"], value: null }] });

  await jobs.drain();
  await jobs.stop();

  assert.equal((await store.get(["rateLimit", "start"])).value, null);
  assert.deepEqual(await store.list({ prefix: ["due"] }, { limit: 1 }), []);
});

Deno.test("JobRunner claims a job that somebody asks for once more in the midst of its claim", async () => {
  await using memory = createMemoryStore();
  let runs = 0;
  let asks = 1;
  const store: Store = {
    ...memory,
    async commit(write) {
      if (asks-- > 0) await request(memory);
      return await memory.commit(write);
    },
  };
  const publish = () => (runs++, Promise.resolve(DONE));
  const { jobs } = createRunner(store, { publish, clock: { now: 0 } });
  await request(memory);

  await jobs.drain();
  await jobs.stop();

  assert.equal(runs, 1);
});
