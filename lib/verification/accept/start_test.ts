// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { IDENTITY_ID, NOW } from "../../../tests/support/verification_rows.ts";
import { timelineKey } from "../../history/timeline.ts";
import { readJob } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import { ERASE, START } from "../job_kinds.ts";
import { tombstoneKey, type Verification, verificationKey } from "../rows.ts";
import { acceptStart } from "./start.ts";

const OPERATOR = { name: "grace", secretId: "1" };

async function readEvents(store: Store): Promise<string[]> {
  const rows = await store.list({ prefix: timelineKey(IDENTITY_ID) }, { limit: 5 });
  return rows.map(({ value }) => `${Object(value).event} ${Object(value).details.outcome}`);
}

Deno.test("acceptStart() stores a verification and a start in one write", async () => {
  await using store = createMemoryStore();

  assert(await acceptStart(store, { identityId: IDENTITY_ID, now: NOW, trace: "t" }));

  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  const { value: job } = await readJob(store, { kind: START, id: IDENTITY_ID });
  assert.deepEqual([value?.status, value?.workflowExecutionId], ["pending", null]);
  assert.deepEqual([job?.dueAt, job?.data, job?.trace], [NOW, {}, "t"]);
  assert.deepEqual(await readEvents(store), ["hook accepted"]);
});

Deno.test("acceptStart() passes the person's language on to the start", async () => {
  await using store = createMemoryStore();

  await acceptStart(store, { identityId: IDENTITY_ID, now: NOW, locale: "de" });

  const { value: job } = await readJob(store, { kind: START, id: IDENTITY_ID });
  assert.deepEqual(job?.data, { locale: "de" });
});

Deno.test("acceptStart() accepts one of several at once, and records one repeat", async () => {
  await using store = createMemoryStore();
  const accept = () => acceptStart(store, { identityId: IDENTITY_ID, now: NOW });

  const accepted = await Promise.all([accept(), accept(), accept()]);

  assert.deepEqual(accepted.filter(Boolean).length, 1);
  assert.deepEqual(await readEvents(store), ["hook accepted", "hook duplicate"]);
});

Deno.test("acceptStart() starts an erased identity for an operator, and not for a hook", async () => {
  await using store = createMemoryStore();
  await store.commit({ sets: [{ key: tombstoneKey(IDENTITY_ID), value: {} }] });

  const byHook = await acceptStart(store, { identityId: IDENTITY_ID, now: NOW });
  const byOperator = await acceptStart(store, {
    identityId: IDENTITY_ID,
    now: NOW,
    operator: OPERATOR,
  });

  assert.deepEqual([byHook, byOperator], [false, true]);
  const { value: job } = await readJob(store, { kind: START, id: IDENTITY_ID });
  assert.deepEqual(job?.data, { endsErasure: true });
});

Deno.test("acceptStart() goes on with the numbers of events after an erasure, also on a slow clock", async () => {
  await using store = createMemoryStore();
  const key = tombstoneKey(IDENTITY_ID);
  const erased = { v: 1, requestedAt: NOW, by: "grace", secretId: "1", erasedAt: NOW };
  await store.commit({ sets: [{ key, value: { ...erased, sequence: NOW + 60_000 } }] });

  await acceptStart(store, { identityId: IDENTITY_ID, now: NOW, operator: OPERATOR });

  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.sequence, NOW + 60_000);
});

for (const row of ["job", "dead_letter"]) {
  Deno.test(`acceptStart() starts nothing for an operator while an erasure is a ${row}`, async () => {
    await using store = createMemoryStore();
    await store.commit({
      sets: [
        { key: tombstoneKey(IDENTITY_ID), value: {} },
        { key: [row, ERASE.name, IDENTITY_ID], value: {} },
      ],
    });
    const request = { identityId: IDENTITY_ID, now: NOW, operator: OPERATOR };

    assert.equal(await acceptStart(store, request), false);
  });
}
