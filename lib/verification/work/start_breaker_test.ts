// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  commitStart,
  createJumio,
  describeHold,
  readCalls,
  runStart,
  storeCalls,
} from "../../../tests/support/start.ts";
import { IDENTITY_ID, NOW, storeVerification } from "../../../tests/support/verification_rows.ts";
import { START } from "../job_kinds.ts";
import { createVerification } from "../rows.ts";
import { type Breaker, breakerKey, isOpen } from "../../jobs/breaker.ts";
import type { Store } from "../../kv/store.ts";
import { UpstreamError } from "../../upstream/error.ts";

const HOUR = 3_600_000;
const REGISTERED = createVerification(IDENTITY_ID, { now: NOW });
const LOST = new UpstreamError("jumio", "timeout", { action: "create a Jumio account" });

async function openBreaker(store: Store, { nextProbeAt }: { nextProbeAt: number }) {
  const failed = Array(5).fill(true);
  const value: Breaker = { v: 1, failed, openedAt: NOW, nextProbeAt };
  await store.commit({ sets: [{ key: breakerKey(START), value }] });
}

Deno.test("handleStart() opens the breaker with the fifth call in a row that may have made something", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const jumio = createJumio({ start: () => Promise.reject(LOST) });

  for (let tries = 1; tries <= 5; tries++) await assert.rejects(runStart(store, { jumio }), LOST);

  assert(isOpen((await store.get<Breaker>(breakerKey(START))).value));
  assert.deepEqual(describeHold(await runStart(store, { jumio })), {
    reason: "breaker_open",
    inMs: 60_000,
    extendsSchedule: true,
  });
  assert.equal(jumio.starts.length, 5);
});

Deno.test("handleStart() tries one start a minute while the breaker is open", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  await openBreaker(store, { nextProbeAt: NOW });
  const jumio = createJumio({ start: () => Promise.reject(LOST) });

  await assert.rejects(runStart(store, { jumio }), LOST);

  const { value } = await store.get<Breaker>(breakerKey(START));
  assert.deepEqual([value?.openedAt, value?.nextProbeAt], [NOW, NOW + 60_000]);
  assert.deepEqual([(await readCalls(store))?.calls.length, (await readCalls(store))?.probedAt], [
    1,
    NOW,
  ]);
});

for (
  const [name, options, laterMs] of [
    ["a person who has had no execution", {}, 0],
    ["a person who starts again", { data: { replaces: "e" } }, 10_000],
    ["a start that has failed", { failures: 1 }, 20_000],
  ] as const
) {
  Deno.test(`handleStart() lets ${name} be the probe ${laterMs / 1_000} s after the minute`, async () => {
    await using service = createMemoryStore();
    const replaces = "data" in options ? options.data.replaces : null;
    await storeVerification(service, { ...REGISTERED, workflowExecutionId: replaces });
    await openBreaker(service, { nextProbeAt: NOW + 1 });

    const early = await runStart(service, { ...options, now: NOW });
    const late = await runStart(service, { ...options, now: NOW + 1 + laterMs });

    assert.equal(describeHold(early).inMs, 1 + laterMs);
    assert.equal(late.kind, "done");
  });
}

for (const [hours, isProbe] of [[4.9, false], [5, true]] as const) {
  const verb = isProbe ? "makes a person" : "does not make a person";
  Deno.test(`handleStart() ${verb} the probe again after ${hours} hours`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, REGISTERED);
    await storeCalls(store, 1, NOW);
    await openBreaker(store, { nextProbeAt: NOW });
    const jumio = createJumio();

    const result = await runStart(store, { jumio, now: NOW + hours * HOUR });

    assert.equal(jumio.starts.length, isProbe ? 1 : 0);
    assert.equal(result.kind, isProbe ? "done" : "wait");
  });
}

Deno.test("handleStart() makes one probe if two instances want it at once", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  await openBreaker(store, { nextProbeAt: NOW });
  const jumio = createJumio({ start: () => Promise.reject(LOST) });

  const results = await Promise.allSettled([
    runStart(store, { jumio }),
    runStart(store, { jumio }),
  ]);

  assert.equal(jumio.starts.length, 1);
  assert.deepEqual(results.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
});

Deno.test("handleStart() closes the breaker when a probe succeeds", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  await openBreaker(store, { nextProbeAt: NOW });

  await commitStart(store, await runStart(store));

  assert.equal((await store.get(breakerKey(START))).value, null);
});
