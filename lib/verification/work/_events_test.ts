// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { IDENTITY_ID, NOW } from "../../../tests/support/verification_rows.ts";
import { deadLetterKey } from "../../jobs/dead_letters.ts";
import { jobCountKey, parseJobCount } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import type { Sum } from "../../kv/write.ts";
import { notifyJobId, type VerificationEvent } from "../event.ts";
import { NOTIFY } from "../job_kinds.ts";
import { requestNotify } from "../requests.ts";
import { deleteEvents, readEarlierEvent } from "./_events.ts";

/** Sorts directly after an id with the same beginning. */
const OTHER_ID = IDENTITY_ID.replace(/.$/, "5");

function createEvent(identityId: string, sequence: number): VerificationEvent {
  return {
    "type": "verification.changed",
    "timestamp": new Date(sequence).toISOString(),
    "data": {
      "identity_id": identityId,
      "status": "pending",
      "previous_status": "none",
      "verdict": null,
      "detail": null,
      "workflow_execution_id": null,
      "decided_at": null,
      "valid_until": null,
      sequence,
    },
  };
}

async function storeEvent(store: Store, identityId: string, sequence: number): Promise<string> {
  const event = createEvent(identityId, sequence);
  await store.commit(requestNotify(event, { now: sequence }));
  const id = notifyJobId(identityId, sequence);
  const letter = { v: 1, kind: NOTIFY.name, id, data: { webhookId: "evt", event } };
  await store.commit({ sets: [{ key: deadLetterKey(NOTIFY, id), value: letter }] });
  return id;
}

async function listEventRows(store: Store): Promise<string[]> {
  const rows = await store.list({ prefix: [] }, { limit: 100 });
  return rows.map(({ key }) => key.map(String)).filter(([table]) => table !== "job_count")
    .map((key) => `${key[0]} ${key.at(-1)}`);
}

Deno.test("deleteEvents() deletes all of one identity up to a number, and nothing of another", async () => {
  await using store = createMemoryStore();
  await storeEvent(store, IDENTITY_ID, NOW - 1);
  await storeEvent(store, IDENTITY_ID, NOW);
  const later = await storeEvent(store, IDENTITY_ID, NOW + 1);
  const other = await storeEvent(store, OTHER_ID, NOW);

  await deleteEvents(store, { identityId: IDENTITY_ID, upTo: NOW });

  const left = [later, other].flatMap((id) => [`dead_letter ${id}`, `due ${id}`, `job ${id}`]);
  const count = await store.get<Sum>(jobCountKey(NOTIFY));
  assert.deepEqual((await listEventRows(store)).toSorted(), left.toSorted());
  assert.equal(parseJobCount(count.value), 2);
});

Deno.test("readEarlierEvent() finds the earliest event of the same identity, and only of that", async () => {
  await using store = createMemoryStore();
  const first = await storeEvent(store, IDENTITY_ID, NOW);
  await storeEvent(store, IDENTITY_ID, NOW + 1);
  const third = await storeEvent(store, IDENTITY_ID, NOW + 2);
  const other = await storeEvent(store, OTHER_ID, NOW + 3);

  const before = (identityId: string, id: string) =>
    readEarlierEvent(store, { identityId, before: id });

  assert.equal((await before(IDENTITY_ID, third))?.id, first);
  assert.equal(await before(IDENTITY_ID, first), null);
  assert.equal(await before(OTHER_ID, other), null);
});
