// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readPublish, runExpire } from "../../../tests/support/expire.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { createStarted, NOW, storeVerification } from "../../../tests/support/verification_rows.ts";
import type { Job } from "../../jobs/job.ts";
import type { Store } from "../../kv/store.ts";
import type { NotifyData, VerificationEvent } from "../event.ts";
import { NOTIFY } from "../job_kinds.ts";

const DAY = 86_400_000;
const END = NOW + 365 * DAY;
const VERIFIED = {
  status: "verified",
  verdict: "PASSED",
  decidedAt: NOW,
  validUntil: END,
} as const;

/** The events that wait for the application, without that of the decision. */
async function readEvents(store: Store): Promise<VerificationEvent[]> {
  const rows = await store.list<Job<NotifyData>>({ prefix: ["job", NOTIFY.name] }, { limit: 10 });
  return rows.flatMap(({ value }) => value === null ? [] : [value.data.event])
    .filter(({ type }) => type !== "verification.changed");
}

Deno.test("handleExpire() ends a verification in the millisecond of its end, and requests the publication", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(VERIFIED));

  const { result, record } = await runExpire(store, { now: END });

  assert.equal(result.kind, "done");
  assert.deepEqual([record?.status, record?.verdict, record?.detail], [
    "expired",
    null,
    "validity_ended",
  ]);
  assert.deepEqual([record?.round, record?.decidedAt, record?.validUntil], [2, null, null]);
  assert.equal((await readPublish(store))?.dueAt, END);
});

Deno.test("handleExpire() ends nothing a millisecond too early", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(VERIFIED));

  const { result, record } = await runExpire(store, { now: END - 1, announced: END });

  assert.deepEqual(result, {
    kind: "again",
    dueAt: END,
    data: { announced: END, endedAt: null },
  });
  assert.equal(record?.status, "verified");
});

for (
  const [what, change] of [
    ["that another execution has rejected since", {
      status: "rejected",
      verdict: "FAILED",
      validUntil: null,
    }],
    ["that is valid for ever", { validUntil: null }],
    ["whose identity Ory has deleted", { goneAt: NOW }],
  ] as const
) {
  Deno.test(`handleExpire() does not end a verification ${what}`, async () => {
    await using store = createMemoryStore();
    const record = createStarted({ ...VERIFIED, ...change });
    await storeVerification(store, record);

    const { result, record: after } = await runExpire(store, { now: END });

    assert.equal(result.kind, "done");
    assert.equal(after?.status, record.status);
    assert.equal(await readPublish(store), null);
  });
}

Deno.test("handleExpire() does nothing for an identity without a record", async () => {
  await using store = createMemoryStore();

  const { result } = await runExpire(store, { now: END });

  assert.deepEqual(result, { kind: "done", outcome: "ignored" });
});

Deno.test("handleExpire() waits for the end that the record has now", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ ...VERIFIED, validUntil: END + DAY }));

  const { result, record } = await runExpire(store, { now: END, announced: END + DAY });

  assert.equal(record?.status, "verified");
  assert(result.kind === "again");
  assert.equal(result.dueAt, END + DAY);
});

for (const late of [0, 3 * DAY]) {
  Deno.test(`handleExpire() stores the event of a coming end once, also ${late} ms late`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, createStarted({ ...VERIFIED, sequence: 7 }));
    const now = END - 30 * DAY + late;

    const { result, record } = await runExpire(store, { now });
    assert(result.kind === "again");
    const again = await runExpire(store, { now: now + 1, ...result.data });

    assert.deepEqual([result.dueAt, result.data.announced], [END, END]);
    assert.deepEqual([record?.status, record?.sequence], ["verified", now]);
    const events = await readEvents(store);
    assert.deepEqual(events.map(({ type, data }) => [type, data.sequence, data.status]), [
      ["verification.ending", now, "verified"],
    ]);
    assert.equal(events[0]?.data["valid_until"], new Date(END).toISOString());
    assert.equal(again.record?.sequence, now);
  });
}

Deno.test("handleExpire() stores no event of a coming end too early, and none of a short validity", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(VERIFIED));
  await runExpire(store, { now: END - 30 * DAY - 1 });
  const validUntil = NOW + 30 * DAY;
  await using other = createMemoryStore();
  await storeVerification(other, createStarted({ ...VERIFIED, validUntil }));
  await runExpire(other, { now: NOW + DAY });

  assert.deepEqual([await readEvents(store), await readEvents(other)], [[], []]);
});

Deno.test("handleExpire() goes on with the next validity when an earlier end is confirmed", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ ...VERIFIED, round: 2 }));

  const { result } = await runExpire(store, { now: END - DAY, endedAt: NOW, announced: END });

  assert(result.kind === "again");
  assert.deepEqual([result.dueAt, result.data.endedAt], [END, null]);
});
