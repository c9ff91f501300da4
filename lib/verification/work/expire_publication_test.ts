// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readPublish, runExpire } from "../../../tests/support/expire.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  createStarted,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { deadLetterKey } from "../../jobs/dead_letters.ts";
import { type Job, readJob, requestJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { PUBLISH, type PublishData } from "../job_kinds.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** As after the end: the publication was requested, and failed so often. */
async function storePublish(
  store: Store,
  change: Partial<Job<PublishData>> = {},
): Promise<void> {
  const row = await readJob(store, { kind: PUBLISH, id: IDENTITY_ID });
  const data = { isConfirmation: false };
  const request = { kind: PUBLISH, id: IDENTITY_ID, data, dueAt: NOW, now: NOW };
  await store.commit(requestJob(row, request));
  const { key, value } = await readJob(store, { kind: PUBLISH, id: IDENTITY_ID });
  await store.commit({ sets: [{ key, value: { ...value, ...change } }] });
}

function deadAt(deadAt: number) {
  const data: PublishData = { isConfirmation: false };
  const letter = { v: 1, kind: PUBLISH.name, id: IDENTITY_ID, data, reason: "kratos_status" };
  const value = { ...letter, failures: 5, deadAt };
  return { sets: [{ key: deadLetterKey(PUBLISH, IDENTITY_ID), value }] };
}

Deno.test("handleExpire() is done with an end once a read has confirmed it", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ status: "expired", detail: "validity_ended" }));
  // The link of a person who is not verified is renewed later.
  await storePublish(store, { dueAt: NOW + DAY });

  const { result } = await runExpire(store, { now: NOW + 10 * MINUTE, endedAt: NOW });

  assert.deepEqual(result, { kind: "done", outcome: "applied" });
});

for (
  const [what, change] of [
    ["due", {}],
    ["to be confirmed", { dueAt: NOW + DAY, data: { isConfirmation: true } }],
  ] as const
) {
  Deno.test(`handleExpire() looks again while the publication of an end is ${what}`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, createStarted({ status: "expired", detail: "validity_ended" }));
    await storePublish(store, change);

    const { result, lines } = await runExpire(store, { now: NOW + 10 * MINUTE, endedAt: NOW });

    assert(result.kind === "again");
    assert.deepEqual([result.dueAt, result.data.endedAt], [NOW + 20 * MINUTE, NOW]);
    assert.deepEqual(lines, []);
  });
}

Deno.test("handleExpire() raises an alert while the publication of an end fails", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ status: "expired", detail: "validity_ended" }));
  await storePublish(store, { failures: 3, dueAt: NOW + DAY });

  const { result, lines } = await runExpire(store, { now: NOW + 10 * MINUTE, endedAt: NOW });

  assert(result.kind === "wait");
  assert.deepEqual([result.reason, result.dueAt], ["end_not_published", NOW + 20 * MINUTE]);
  assert.match(lines.join(), /"level":"error".*The end of a verification is not on its identity/);
});

Deno.test("handleExpire() requests a publication of an end again that was given up, for as long as it takes", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ status: "expired", detail: "validity_ended" }));

  for (let hour = 1; hour <= 3; hour++) {
    await store.commit(deadAt(NOW + hour));
    const now = NOW + hour * 60 * MINUTE;
    const { result } = await runExpire(store, { now, endedAt: NOW });

    assert(result.kind === "wait");
    assert.deepEqual([result.reason, result.dueAt], ["end_not_published", now + 60 * MINUTE]);
    assert((await readPublish(store)) !== null);
    const letter = await store.get(deadLetterKey(PUBLISH, IDENTITY_ID));
    assert.equal(letter.value, null);
  }
});

Deno.test("handleExpire() leaves a dead letter from before the end to an operator", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ status: "expired", detail: "validity_ended" }));
  await store.commit(deadAt(NOW - 1));

  const { result } = await runExpire(store, { now: NOW + 10 * MINUTE, endedAt: NOW });

  assert.equal(result.kind, "done");
  assert.notEqual((await store.get(deadLetterKey(PUBLISH, IDENTITY_ID))).value, null);
});
