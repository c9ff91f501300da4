import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import {
  createStarted,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../tests/support/verification_rows.ts";
import {
  applyConclusion,
  changedAtOf,
  changeStatus,
  createVerification,
  noVerification,
  saveVerification,
  statusIndexKey,
  type Verification,
  verificationKey,
} from "./rows.ts";

const VERIFIED = { status: "verified", verdict: "PASSED", decidedAt: NOW } as const;

Deno.test("saveVerification() moves a verification from the list of one status to another's", async () => {
  await using store = createMemoryStore();
  const before = createStarted();
  await storeVerification(store, before);
  const row = await store.get<Verification>(verificationKey(IDENTITY_ID));

  const after = changeStatus(before, { status: "expired", now: NOW + 5 });
  await store.commit(saveVerification(row, after));

  const listed = await store.list({ prefix: ["verification_by_status"] }, { limit: 5 });
  assert.deepEqual(listed.map(({ key }) => key), [statusIndexKey(after)]);
});

Deno.test("saveVerification() creates a verification once", async () => {
  await using store = createMemoryStore();
  const write = saveVerification(noVerification(IDENTITY_ID), createStarted());

  assert.deepEqual([await store.commit(write), await store.commit(write)], [true, false]);
});

Deno.test("changeStatus() gives each status a later time, although a clock was set back", () => {
  const before = createStarted();

  const after = changeStatus(before, { status: "expired", now: NOW - 60_000 });

  assert.equal(changedAtOf(after), changedAtOf(before) + 1);
  assert.equal(changeStatus(after, { status: "expired", now: NOW + 60_000 }), after);
});

Deno.test("changedAtOf() reads rows that an older version wrote without this time", () => {
  const { changedAt: _, ...old } = createVerification(IDENTITY_ID, { now: NOW });

  assert.equal(changedAtOf(old), NOW);
  assert.equal(changedAtOf({ ...old, decidedAt: NOW + 7 }), NOW + 7);
});

Deno.test("applyConclusion() applies a decision with its time", () => {
  const conclusion = { kind: "decided", verdict: "PASSED", status: "verified" } as const;

  const { status, verdict, decidedAt } = applyConclusion(createStarted(), { conclusion, now: NOW });

  assert.deepEqual({ status, verdict, decidedAt }, VERIFIED);
});

Deno.test("applyConclusion() lets an execution that expired replace no decision", () => {
  const before = createStarted(VERIFIED);

  assert.equal(applyConclusion(before, { conclusion: { kind: "expired" }, now: NOW }), before);
});

Deno.test("applyConclusion() lets an execution expire that has no decision", () => {
  const conclusion = { kind: "expired" } as const;

  const after = applyConclusion(createStarted(), { conclusion, now: NOW });

  assert.deepEqual([after.status, after.verdict, after.decidedAt], ["expired", null, null]);
});

Deno.test("applyConclusion() replaces the decision of an adopted verification by a stricter verdict", () => {
  const conclusion = { kind: "decided", verdict: "FAILED", status: "rejected" } as const;

  const after = applyConclusion(createStarted(VERIFIED), { conclusion, now: NOW + 5 });

  assert.deepEqual([after.status, after.verdict, after.decidedAt], ["rejected", "FAILED", NOW + 5]);
});

for (
  const adopted of [
    { status: "rejected", verdict: "WARNING" },
    { status: "verified", verdict: "WARNING" },
    { status: "rejected", verdict: null },
  ] as const
) {
  const { status, verdict } = adopted;
  Deno.test(`applyConclusion() keeps an adopted ${status} with the verdict ${verdict} after a warning`, () => {
    const before = createStarted({ ...adopted, decidedAt: NOW });
    const conclusion = { kind: "decided", verdict: "WARNING", status: "review" } as const;

    assert.equal(applyConclusion(before, { conclusion, now: NOW }), before);
  });
}

for (const kind of ["inconclusive", "unfinished"] as const) {
  Deno.test(`applyConclusion() changes nothing after ${kind}`, () => {
    const before = createStarted();

    assert.equal(applyConclusion(before, { conclusion: { kind }, now: NOW }), before);
  });
}
