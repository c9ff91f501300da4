// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { readJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { SWEEP, SWEEP_ID, type SweepData } from "../job_kinds.ts";
import { NO_SWEEP_COUNTS, type SweepReport, sweepReportKey } from "../sweep.ts";
import { acceptSweep, planSweep } from "./sweep.ts";

const NOW = Date.UTC(2026, 4, 4);
const HOUR = 3_600_000;
const MINUTE = 60_000;
const OPERATOR = { name: "Ada", secretId: "1a2b3c4d" };
const REQUEST = { isDryRun: false, isConfirmed: false, operator: OPERATOR, now: NOW };

async function readDueAt(store: Store): Promise<number | undefined> {
  return (await readJob(store, { kind: SWEEP, id: SWEEP_ID })).value?.dueAt;
}

async function readData(store: Store): Promise<SweepData | undefined> {
  return (await readJob(store, { kind: SWEEP, id: SWEEP_ID })).value?.data;
}

async function storeLast(
  store: Store,
  { end = "finished", startedAt = NOW - HOUR }: Partial<SweepReport> = {},
): Promise<void> {
  const value: SweepReport = {
    v: 1,
    startedAt,
    endedAt: startedAt,
    end,
    requestedBy: null,
    counts: NO_SWEEP_COUNTS,
    neverStartedIds: [],
  };
  await store.commit({ sets: [{ key: sweepReportKey({ isDryRun: false }), value }] });
}

Deno.test("planSweep() plans the first sweep for soon, and does not postpone it", async () => {
  await using store = createMemoryStore();

  await planSweep(store, { everyHours: 24, now: NOW });
  await planSweep(store, { everyHours: 24, now: NOW + 1_000 });

  assert.equal(await readDueAt(store), NOW + MINUTE);
});

Deno.test("planSweep() plans the next sweep a period after the last one began", async () => {
  await using store = createMemoryStore();
  await storeLast(store);

  await planSweep(store, { everyHours: 24, now: NOW });

  assert.equal(await readDueAt(store), NOW + 23 * HOUR);
});

Deno.test("planSweep() brings a planned sweep forward if the period is shorter now", async () => {
  await using store = createMemoryStore();
  await storeLast(store);
  await planSweep(store, { everyHours: 24, now: NOW });

  await planSweep(store, { everyHours: 6, now: NOW });

  assert.equal(await readDueAt(store), NOW + 5 * HOUR);
});

Deno.test("planSweep() cancels the planned sweep if the setting is 0", async () => {
  await using store = createMemoryStore();
  await planSweep(store, { everyHours: 24, now: NOW });

  await planSweep(store, { everyHours: 0, now: NOW });

  assert.equal(await readDueAt(store), undefined);
});

Deno.test("planSweep() keeps an operator's sweep if the setting is 0", async () => {
  await using store = createMemoryStore();
  await acceptSweep(store, REQUEST);

  await planSweep(store, { everyHours: 0, now: NOW });

  assert.equal(await readDueAt(store), NOW);
});

Deno.test("planSweep() plans none after a sweep that stopped", async () => {
  await using store = createMemoryStore();
  await storeLast(store, { end: "stopped" });

  await planSweep(store, { everyHours: 24, now: NOW });

  assert.equal(await readDueAt(store), undefined);
});

Deno.test("acceptSweep() begins the planned sweep now, by the operator's name", async () => {
  await using store = createMemoryStore();
  await storeLast(store);
  await planSweep(store, { everyHours: 24, now: NOW });

  assert.equal(await acceptSweep(store, REQUEST), "requested");

  assert.equal(await readDueAt(store), NOW);
  assert.equal((await readData(store))?.requestedBy, "Ada");
});

Deno.test("acceptSweep() leaves a sweep alone that is under way", async () => {
  await using store = createMemoryStore();
  await acceptSweep(store, { ...REQUEST, isDryRun: true });

  assert.equal(await acceptSweep(store, REQUEST), "under_way");

  assert.equal((await readData(store))?.isDryRun, true);
});

for (
  const [name, changes, expected] of [
    ["a plain request", {}, "stopped"],
    ["a dry run", { isDryRun: true }, "requested"],
    ["a confirmed request", { isConfirmed: true }, "requested"],
  ] as const
) {
  Deno.test(`acceptSweep() answers ${name} after a sweep that stopped: ${expected}`, async () => {
    await using store = createMemoryStore();
    await storeLast(store, { end: "stopped" });

    assert.equal(await acceptSweep(store, { ...REQUEST, ...changes }), expected);

    assert.equal(await readDueAt(store), expected === "stopped" ? undefined : NOW);
  });
}
