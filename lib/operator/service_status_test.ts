// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { deleteJob, type Job, jobKey, readJob, requestJob } from "../jobs/job.ts";
import { dueKey } from "../jobs/due.ts";
import { CHECK, PUBLISH, type PublishData } from "../verification/job_kinds.ts";
import { readStatus } from "./service_status.ts";
import type { Store } from "../kv/store.ts";

const NOW = Date.UTC(2026, 4, 4);
const MINUTE = 60_000;
const DAY = 86_400_000;
const BATCH = 250;

/** A store that counts calls and listed rows. */
function createCountingStore(store: Store): Store & { calls: number; rows: number } {
  const counting = {
    ...store,
    calls: 0,
    rows: 0,
    get<Value>(key: Deno.KvKey) {
      counting.calls++;
      return store.get<Value>(key);
    },
    getMany<Values extends readonly unknown[]>(
      keys: readonly [...{ [Index in keyof Values]: Deno.KvKey }],
    ) {
      counting.calls++;
      return store.getMany<Values>(keys);
    },
    async list<Value>(
      selector: Deno.KvListSelector,
      options: { limit: number; reverse?: boolean },
    ) {
      counting.calls++;
      const rows = await store.list<Value>(selector, options);
      counting.rows += rows.length;
      return rows;
    },
  };
  return counting;
}

/** Adds polls, one for each minute. */
async function addPolls(
  store: Store,
  { count, firstDueAt }: { count: number; firstDueAt: number },
): Promise<void> {
  for (let done = 0; done < count; done += BATCH) {
    const writes = Array.from(
      { length: Math.min(BATCH, count - done) },
      (_, index) =>
        requestJob({ key: [], value: null, versionstamp: null }, {
          kind: CHECK,
          id: crypto.randomUUID(),
          data: { accountId: "a", isCalledBack: false, pollAfterMs: 0 },
          dueAt: firstDueAt + (done + index) * MINUTE,
          now: NOW,
        }),
    );
    // Without the checks, of which one write may have only 10.
    await store.commit({
      sets: writes.flatMap(({ sets = [] }) => sets),
      sums: writes.flatMap(({ sums = [] }) => sums),
    });
  }
}

Deno.test("readStatus() costs the same for 2,000 scheduled polls as for one", async () => {
  await using store = createMemoryStore();
  const counting = createCountingStore(store);
  await addPolls(store, { count: 1, firstDueAt: NOW + DAY });
  await readStatus(counting, { now: NOW });
  const { calls, rows } = counting;
  await addPolls(store, { count: 1_999, firstDueAt: NOW + DAY });
  counting.calls = 0;
  counting.rows = 0;

  const { queues } = await readStatus(counting, { now: NOW });

  assert.deepEqual([counting.calls, counting.rows], [calls, rows]);
  assert.deepEqual(queues.check, {
    waiting: 2_000,
    due: { count: 0, isMore: false },
    oldestDueAt: NOW + DAY,
  });
});

Deno.test("readStatus() counts due jobs and gives the time of the oldest", async () => {
  await using store = createMemoryStore();
  await addPolls(store, { count: 5, firstDueAt: NOW - 2 * MINUTE });

  const { queues } = await readStatus(store, { now: NOW });

  assert.deepEqual(queues.check, {
    waiting: 5,
    due: { count: 3, isMore: false },
    oldestDueAt: NOW - 2 * MINUTE,
  });
});

Deno.test("readStatus() counts at most 1,000 due jobs, and says that there are more", async () => {
  await using store = createMemoryStore();
  const counting = createCountingStore(store);
  await addPolls(store, { count: 1_500, firstDueAt: NOW - 2_000 * MINUTE });

  const { queues } = await readStatus(counting, { now: NOW });

  assert.equal(queues.check.waiting, 1_500);
  assert.deepEqual(queues.check.due, { count: 1_000, isMore: true });
  assert(counting.rows < 1_050, `${counting.rows} rows were listed`);
});

Deno.test("readStatus() gives no negative or missing counts for jobs that were stored before jobs were counted", async () => {
  await using store = createMemoryStore();
  const job: Job<PublishData> = {
    v: 1,
    kind: "publish",
    id: "a",
    data: { isConfirmation: false },
    dueAt: NOW,
    leaseId: null,
    isNudged: false,
    failures: 0,
    lastingFailures: 0,
    firstFailedAt: null,
    failing: null,
    lastRunAt: null,
    createdAt: NOW,
  };
  await store.commit({
    sets: [{ key: jobKey(PUBLISH, "a"), value: job }, { key: dueKey(PUBLISH, job), value: null }],
  });

  const before = await readStatus(store, { now: NOW });
  await store.commit(deleteJob(await readJob(store, { kind: PUBLISH, id: "a" })));
  const after = await readStatus(store, { now: NOW });

  assert.deepEqual([before.queues.publish.waiting, before.queues.publish.due.count], [1, 1]);
  assert.deepEqual([after.queues.publish.waiting, after.queues.publish.due.count], [0, 0]);
});
