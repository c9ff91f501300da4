// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  askForSweep,
  createSweepingInstance,
  identityIdOf,
  listedIdentity,
  storePending,
  SWEEP_NOW,
} from "../../../tests/support/sweep.ts";
import { readJob, requestJob } from "../../jobs/job.ts";
import type { ListedIdentity } from "../../kratos/identities.ts";
import type { Store } from "../../kv/store.ts";
import { PUBLISH, START, SWEEP, SWEEP_ID } from "../job_kinds.ts";
import { tombstoneKey } from "../rows.ts";
import { readSweep } from "../sweep.ts";
import type { SweepOptions } from "./sweep.ts";

const HOUR = 3_600_000;
const ACCOUNT_ID = "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10";
const EXECUTION_ID = "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522";

async function sweep(
  store: Store,
  identities: readonly ListedIdentity[],
  { isDryRun = false, ...options }: Partial<SweepOptions> & { isDryRun?: boolean } = {},
) {
  const clock = { now: SWEEP_NOW };
  const instance = createSweepingInstance(store, { identities, clock, ...options });
  await askForSweep(store, { isDryRun });
  await instance.jobs.drain();
  await instance.advance(60_000);
  await instance.jobs.stop();
  const state = await readSweep(store, { now: clock.now });
  const report = isDryRun ? state.lastDryRun : state.last;
  assert(report);
  return { ...instance, state, report, counts: report.counts };
}

async function isRequested(
  store: Store,
  kind: typeof PUBLISH | typeof START,
  number: number,
): Promise<boolean> {
  return (await readJob<unknown>(store, { kind, id: identityIdOf(number) })).value !== null;
}

Deno.test("handleSweep() publishes the record again where an identity lost its metadata", async () => {
  await using store = createMemoryStore();
  const same = await storePending(store, 1);
  await storePending(store, 2);

  const { counts, read } = await sweep(store, [same, listedIdentity(2)]);

  assert.deepEqual([counts.lookedAt, counts.differing, counts.published], [2, 1, 1]);
  assert(await isRequested(store, PUBLISH, 2));
  // An identity that does not differ is not read again.
  assert.deepEqual(read, [identityIdOf(2)]);
});

Deno.test("handleSweep() adopts an identity whose record was lost", async () => {
  await using store = createMemoryStore();
  const jumio = {
    status: "rejected",
    verdict: "FAILED",
    "account_id": ACCOUNT_ID,
    "workflow_execution_id": EXECUTION_ID,
  };

  const { counts } = await sweep(store, [listedIdentity(1, { jumio })]);

  assert.deepEqual([counts.differing, counts.adopting, counts.neverStarted], [1, 1, 0]);
  assert.equal(await isRequested(store, PUBLISH, 1), false);
});

Deno.test("handleSweep() leaves out what a start or a publication is about to write", async () => {
  await using store = createMemoryStore();
  for (const number of [1, 2]) await storePending(store, number);
  const request = { dueAt: SWEEP_NOW + HOUR, now: SWEEP_NOW };
  const soon = { ...request, dueAt: SWEEP_NOW + 60_000, data: { isConfirmation: true } };
  const row = { key: [], value: null, versionstamp: null };
  for (
    const write of [
      requestJob(row, { kind: START, id: identityIdOf(1), data: {}, ...request }),
      requestJob(row, { kind: PUBLISH, id: identityIdOf(2), ...soon }),
    ]
  ) await store.commit({ ...write, checks: [] });

  const { counts, read } = await sweep(store, [listedIdentity(1), listedIdentity(2)]);

  assert.equal(counts.differing, 0);
  assert.deepEqual(read, []);
});

Deno.test("handleSweep() skips erased identities", async () => {
  await using store = createMemoryStore();
  const jumio = { status: "rejected", verdict: "FAILED" };
  await store.commit({ sets: [{ key: tombstoneKey(identityIdOf(1)), value: { v: 1 } }] });
  await store.commit({ sets: [{ key: tombstoneKey(identityIdOf(2)), value: { v: 1 } }] });
  const identities = [listedIdentity(1), listedIdentity(2, { jumio })];

  const { counts, read } = await sweep(store, identities, { startMissingSince: 0 });

  assert.deepEqual([counts.differing, counts.neverStarted, counts.started], [0, 0, 0]);
  assert.deepEqual(read, []);
});

Deno.test("handleSweep() counts people who were never started, and starts nobody by default", async () => {
  await using store = createMemoryStore();

  const { counts, report, state } = await sweep(store, [listedIdentity(1), listedIdentity(2)]);

  assert.deepEqual([counts.neverStarted, counts.started, state.neverStarted], [2, 0, 2]);
  assert.deepEqual(report.neverStartedIds, [identityIdOf(1), identityIdOf(2)]);
  assert.equal(await isRequested(store, START, 1), false);
});

Deno.test("handleSweep() starts people who were created after START_MISSING_SINCE, and nobody before it", async () => {
  await using store = createMemoryStore();
  const since = Date.UTC(2026, 3, 15);
  const created = ["2026-04-15T00:00:00Z", "2026-04-15T00:00:00.001Z", "2026-04-16T08:00:00Z"];
  const identities = created.map((createdAt, index) => listedIdentity(index + 1, { createdAt }));

  const { counts } = await sweep(store, identities, { startMissingSince: since });

  assert.deepEqual([counts.started, counts.neverStarted], [2, 1]);
  const started = await Promise.all([1, 2, 3].map((number) => isRequested(store, START, number)));
  assert.deepEqual(started, [false, true, true]);
});

const NOT_STARTED: Readonly<Record<string, Partial<ListedIdentity>>> = {
  "with the flat key of Ory's public sample": {
    flatPublic: { "jumio_verification_status": "rejected" },
  },
  "with a flat key that the person cannot see": { flatAdmin: { "jumio_account_id": ACCOUNT_ID } },
  "with a jumio that this service did not write": { jumio: "x" },
  "with a start that never reached Jumio": { jumio: { status: "pending" } },
  "whose hook may still be on its way": { createdAt: new Date(SWEEP_NOW - 1).toISOString() },
  "without a time of creation": { createdAt: undefined },
};

for (const [name, changes] of Object.entries(NOT_STARTED)) {
  Deno.test(`handleSweep() does not start an identity ${name}`, async () => {
    await using store = createMemoryStore();

    const { counts } = await sweep(store, [listedIdentity(1, changes)], { startMissingSince: 0 });

    assert.equal(counts.started, 0);
    assert.equal(await isRequested(store, START, 1), false);
  });
}

Deno.test("handleSweep() writes nothing but its own progress in a dry run", async () => {
  await using store = createMemoryStore();
  await storePending(store, 1);
  const jumio = { status: "rejected", "workflow_execution_id": EXECUTION_ID };
  const identities = [listedIdentity(1), listedIdentity(2, { jumio }), listedIdentity(3)];
  const before = await store.list({ prefix: [] }, { limit: 100 });

  const options = { isDryRun: true, startMissingSince: 0 };
  const { counts, read } = await sweep(store, identities, options);

  assert.deepEqual([counts.differing, counts.published, counts.started], [2, 0, 1]);
  assert.deepEqual(read, []);
  const own = ["sweep", "job", "due", "job_count", "timeline"];
  const after = await store.list({ prefix: [] }, { limit: 100 });
  assert.deepEqual(after.filter(({ key }) => !own.includes(String(key[0]))), before);
  const ids = after.filter(({ key }) => key[0] === "job").map(({ key }) => key.slice(1));
  assert.deepEqual(ids, [[SWEEP.name, SWEEP_ID]]);
});

Deno.test("readSweep() does not count people any more who were started since the sweep", async () => {
  await using store = createMemoryStore();
  await sweep(store, [1, 2, 3].map((number) => listedIdentity(number)));

  await storePending(store, 2);

  assert.equal((await readSweep(store, { now: SWEEP_NOW })).neverStarted, 2);
});
