// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  createStarted,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { readJob, requestJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { EXPIRE } from "../job_kinds.ts";
import { acceptErasure } from "./erasure.ts";

const DAY = 86_400_000;
const VERIFIED = { status: "verified", verdict: "PASSED", decidedAt: NOW } as const;
const ERASURE = {
  identityId: IDENTITY_ID,
  operator: { name: "grace", secretId: "00000000" },
  now: NOW + DAY,
};

async function listExpireRows(store: Store): Promise<number> {
  const rows = await store.list({ prefix: [] }, { limit: 100 });
  return rows.filter(({ key: [table, kind] }) => table !== "job_count" && kind === EXPIRE.name)
    .length;
}

for (const days of [365, 20]) {
  Deno.test(`acceptErasure() withdraws the request for the end of a validity of ${days} days`, async () => {
    await using store = createMemoryStore();
    await storeVerification(
      store,
      createStarted({ ...VERIFIED, validUntil: NOW + days * DAY }),
    );
    assert.equal(await listExpireRows(store), 1);

    await acceptErasure(store, ERASURE);

    assert.equal(await listExpireRows(store), 0);
  });
}

Deno.test("acceptErasure() deletes the job that waits for the end of a validity", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(VERIFIED));
  const row = await readJob(store, { kind: EXPIRE, id: IDENTITY_ID });
  const data = { announced: null, endedAt: null };
  const request = { kind: EXPIRE, id: IDENTITY_ID, data, dueAt: NOW + 365 * DAY, now: NOW };
  await store.commit(requestJob(row, request));

  await acceptErasure(store, ERASURE);

  assert.equal(await listExpireRows(store), 0);
});
