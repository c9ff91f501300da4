// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { readTimeline } from "../history/timeline.ts";
import { readJob } from "../jobs/job.ts";
import type { Store } from "../kv/store.ts";
import { type Execution, executionKey } from "../verification/executions.ts";
import { CHECK, PUBLISH } from "../verification/job_kinds.ts";
import { createVerification, type Verification, verificationKey } from "../verification/rows.ts";
import { decideReview, requestRefresh } from "./review.ts";

const NOW = Date.UTC(2026, 4, 4);
const OPERATOR = { name: "Ada", secretId: "1a2b3c4d" };
const OPTIONS = { identityId: "i-1", operator: OPERATOR, now: NOW };
const DECISION = {
  ...OPTIONS,
  status: "verified",
  reason: "passport seen",
  validityMs: undefined,
} as const;

async function save(store: Store, changes: Partial<Verification>): Promise<void> {
  const value = { ...createVerification("i-1", { now: NOW - 60_000 }), ...changes };
  await store.commit({ sets: [{ key: verificationKey("i-1"), value }] });
}

async function saveExecution(store: Store, changes: Partial<Execution> = {}): Promise<void> {
  const value: Execution = {
    v: 1,
    identityId: "i-1",
    accountId: "a-1",
    callbackTokenHash: null,
    createdAt: NOW - 60_000,
    round: 1,
    settled: null,
    ...changes,
  };
  await store.commit({ sets: [{ key: executionKey("e-1"), value }] });
}

async function readActions(store: Store): Promise<unknown[]> {
  const { events } = await readTimeline(store, { subjectIds: ["i-1"], limit: 10 });
  return events.map(({ details }) => details["action"]);
}

Deno.test("decideReview() changes status but not verdict, and requests the publication", async () => {
  await using store = createMemoryStore();
  await save(store, { status: "review", verdict: "WARNING" });

  const isDecided = await decideReview(store, DECISION);

  const { value } = await store.get<Verification>(verificationKey("i-1"));
  const job = await readJob(store, { kind: PUBLISH, id: "i-1" });
  assert.equal(isDecided, true);
  assert.deepEqual([value?.status, value?.verdict, value?.decidedAt], ["verified", "WARNING", NOW]);
  assert.equal(job.value?.dueAt, NOW);
  assert.deepEqual(await readActions(store), ["decide"]);
});

for (const status of ["pending", "verified", "rejected", "expired"] as const) {
  Deno.test(`decideReview() changes nothing of a verification that is ${status}`, async () => {
    await using store = createMemoryStore();
    await save(store, { status });

    const isDecided = await decideReview(store, DECISION);

    const { value } = await store.get<Verification>(verificationKey("i-1"));
    assert.deepEqual([isDecided, value?.status, value?.decidedAt], [false, status, null]);
    assert.equal((await readJob(store, { kind: PUBLISH, id: "i-1" })).value, null);
    assert.deepEqual(await readActions(store), []);
  });
}

Deno.test("decideReview() lets one of two operators decide", async () => {
  await using store = createMemoryStore();
  await save(store, { status: "review", verdict: "WARNING" });

  const results = await Promise.all([
    decideReview(store, DECISION),
    decideReview(store, { ...DECISION, status: "rejected" }),
  ]);

  assert.deepEqual(results.sort(), [false, true]);
  assert.deepEqual(await readActions(store), ["decide"]);
});

for (
  const [name, seen, isDecided] of [
    ["that the operator saw", {}, true],
    ["that began after the operator looked", { changedAt: NOW - 90_000 }, false],
    ["of a newer execution", { workflowExecutionId: "e-0" }, false],
    ["of an execution, where the operator saw none", { workflowExecutionId: null }, false],
  ] as const
) {
  Deno.test(`decideReview() ${isDecided ? "decides" : "does not decide"} a review ${name}`, async () => {
    await using store = createMemoryStore();
    await save(store, { status: "review", verdict: "WARNING", workflowExecutionId: "e-1" });
    const shown = { changedAt: NOW - 60_000, workflowExecutionId: "e-1", ...seen };

    assert.equal(await decideReview(store, { ...DECISION, seen: shown }), isDecided);
    assert.deepEqual(await readActions(store), isDecided ? ["decide"] : []);
  });
}

Deno.test("decideReview() decides also in the round that a restart began, so nothing is started", async () => {
  await using store = createMemoryStore();
  await save(store, { status: "review", verdict: "WARNING", round: 2, isRestarting: true });

  await decideReview(store, DECISION);

  const { value } = await store.get<Verification>(verificationKey("i-1"));
  assert.deepEqual([value?.status, value?.isRestarting], ["verified", false]);
});

Deno.test("requestRefresh() requests a check of the newest execution now", async () => {
  await using store = createMemoryStore();
  await save(store, { workflowExecutionId: "e-1" });
  await saveExecution(store);

  const id = await requestRefresh(store, OPTIONS);

  const job = await readJob(store, { kind: CHECK, id: "e-1" });
  assert.deepEqual([id, job.value?.dueAt, job.value?.data.accountId], ["e-1", NOW, "a-1"]);
  assert.deepEqual(await readActions(store), ["refresh"]);
});

for (
  const [name, prepare] of [
    ["without a verification", () => Promise.resolve()],
    ["without an execution", (store: Store) => save(store, {})],
    ["whose execution is unknown", (store: Store) => save(store, { workflowExecutionId: "e-1" })],
    ["whose execution is settled", async (store: Store) => {
      await save(store, { workflowExecutionId: "e-1" });
      await saveExecution(store, {
        settled: { at: NOW, outcome: "applied", conclusion: "decided", verdict: "PASSED" },
      });
    }],
  ] as const
) {
  Deno.test(`requestRefresh() requests nothing for an identity ${name}`, async () => {
    await using store = createMemoryStore();
    await prepare(store);

    assert.equal(await requestRefresh(store, OPTIONS), undefined);
    assert.equal((await readJob(store, { kind: CHECK, id: "e-1" })).value, null);
    assert.deepEqual(await readActions(store), []);
  });
}
