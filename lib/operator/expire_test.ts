// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  createStarted,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../tests/support/verification_rows.ts";
import { readTimeline } from "../history/timeline.ts";
import { readJob } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";
import { PUBLISH } from "../verification/job_kinds.ts";
import { type Verification, verificationKey } from "../verification/rows.ts";
import type { VerificationStatus } from "../verification/verdict.ts";
import { expireVerification } from "./expire.ts";

const LATER = NOW + 60_000;
const OPERATOR = { name: "grace", secretId: "00000000" };
const REQUEST = { identityId: IDENTITY_ID, reason: "name_changed", operator: OPERATOR, now: LATER };

async function store(store: Store, status: VerificationStatus): Promise<void> {
  await storeVerification(store, createStarted({ status, decidedAt: NOW, validUntil: NOW * 2 }));
}

async function read(store: Store): Promise<Verification | null> {
  return (await store.get<Verification>(verificationKey(IDENTITY_ID))).value;
}

async function readDetails(store: Store): Promise<unknown[]> {
  const { events } = await readTimeline(store, { subjectIds: [IDENTITY_ID], limit: 10 });
  return events.map(({ details }) => details);
}

for (const status of ["verified", "review"] as const) {
  Deno.test(`expireVerification() ends a ${status} in a new round, and signs it`, async () => {
    await using kv = createMemoryStore();
    await store(kv, status);

    assert.equal(await expireVerification(kv, REQUEST), true);

    const record = await read(kv);
    assert.deepEqual([record?.status, record?.detail], ["expired", "validity_ended"]);
    assert.deepEqual([record?.round, record?.roundBeganAt], [2, LATER]);
    assert.deepEqual([record?.decidedAt, record?.validUntil], [null, null]);
    assert.equal((await readJob(kv, { kind: PUBLISH, id: IDENTITY_ID })).value?.dueAt, LATER);
    assert.deepEqual(await readDetails(kv), [
      { action: "expire", reason: "name_changed", by: "grace", "secret_id": "00000000" },
    ]);
  });
}

for (const status of ["pending", "rejected", "expired"] as const) {
  Deno.test(`expireVerification() changes nothing of a verification that is ${status}`, async () => {
    await using kv = createMemoryStore();
    await store(kv, status);
    const before = await read(kv);

    assert.equal(await expireVerification(kv, REQUEST), false);

    assert.deepEqual(await read(kv), before);
    assert.deepEqual(await readDetails(kv), []);
  });
}

Deno.test("expireVerification() ends a verification once", async () => {
  await using kv = createMemoryStore();
  await store(kv, "verified");

  const ended = await Promise.all([
    expireVerification(kv, REQUEST),
    expireVerification(kv, REQUEST),
  ]);

  assert.deepEqual(ended.toSorted(), [false, true]);
  assert.equal((await read(kv))?.round, 2);
});
