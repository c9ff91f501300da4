// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  createOpen,
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeExecution,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { commitStart, createJumio, runStart, STARTED } from "../../../tests/support/start.ts";
import { type CallbackToken, callbackTokenKey, hashCallbackToken } from "../callback_token.ts";
import { type Execution, executionKey } from "../executions.ts";
import { CHECK, ERASE, PUBLISH } from "../job_kinds.ts";
import { createVerification, tombstoneKey, type Verification, verificationKey } from "../rows.ts";
import { readJob } from "../../jobs/job.ts";
import { UpstreamError } from "../../upstream/error.ts";

const REGISTERED = createVerification(IDENTITY_ID, { now: NOW });
const DOWN = new UpstreamError("jumio", "network", { action: "start a workflow" });

Deno.test("handleStart() starts nothing for an identity without a verification", async () => {
  await using store = createMemoryStore();
  const jumio = createJumio();

  const result = await runStart(store, { jumio });

  assert.deepEqual([result, jumio.starts], [{ kind: "done", outcome: "ignored" }, []]);
});

Deno.test("handleStart() records what Jumio created, and requests its check and publication", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const jumio = createJumio();

  await commitStart(store, await runStart(store, { jumio, data: { locale: "de" } }));

  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.deepEqual([value?.status, value?.workflowExecutionId], ["pending", EXECUTION_ID]);
  const [start] = jumio.starts;
  assert.equal(start?.web?.locale, "de");
  const token = start?.callbackUrl?.split("/").at(-1) ?? "";
  const key = callbackTokenKey(await hashCallbackToken(token));
  const { value: stored } = await store.get<CallbackToken>(key);
  assert.deepEqual([stored?.workflowExecutionId, stored?.trace], [EXECUTION_ID, "trace"]);
  const { value: execution } = await store.get<Execution>(executionKey(EXECUTION_ID));
  assert.deepEqual([execution?.identityId, execution?.trace], [IDENTITY_ID, "trace"]);
  const check = await readJob(store, { kind: CHECK, id: EXECUTION_ID });
  const publish = await readJob(store, { kind: PUBLISH, id: IDENTITY_ID });
  assert.deepEqual([check.value?.dueAt, publish.value?.dueAt], [NOW + 2_400_000, NOW]);
  assert.deepEqual([check.value?.trace, publish.value?.trace], ["trace", "trace"]);
});

Deno.test("handleStart() asks for no callback without PUBLIC_URL, and for a link that works for a day", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const jumio = createJumio();

  await commitStart(store, await runStart(store, { jumio, publicUrl: undefined }));

  const [start] = jumio.starts;
  assert.deepEqual([start?.callbackUrl, start?.web, start?.tokenLifetime], [
    undefined,
    undefined,
    "1d",
  ]);
  const check = await readJob(store, { kind: CHECK, id: EXECUTION_ID });
  assert.equal(check.value?.dueAt, NOW + 600_000);
});

for (const [failures, isPublished] of [[0, true], [1, false]] as const) {
  const verb = isPublished ? "publishes" : "does not publish";
  Deno.test(`handleStart() ${verb} "pending" after failure ${failures + 1} in a row`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, REGISTERED);
    const jumio = createJumio({ start: () => Promise.reject(DOWN) });

    await assert.rejects(runStart(store, { jumio, failures }), DOWN);

    const publish = await readJob(store, { kind: PUBLISH, id: IDENTITY_ID });
    assert.equal(publish.value !== null, isPublished);
  });
}

Deno.test("handleStart() keeps an execution in which the person has submitted something", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen());
  const jumio = createJumio({ status: "PROCESSED" });

  const result = await runStart(store, { jumio, data: { replaces: EXECUTION_ID } });
  await commitStart(store, result);

  assert.deepEqual(jumio.starts, []);
  const check = await readJob(store, { kind: CHECK, id: EXECUTION_ID });
  assert.equal(check.value?.dueAt, NOW);
});

Deno.test("handleStart() replaces an execution in which nothing was submitted, on the same account", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen({ trace: "start" }));
  const next = crypto.randomUUID();
  const jumio = createJumio({
    start: () => Promise.resolve({ ...STARTED, workflowExecutionId: next }),
  });

  await commitStart(store, await runStart(store, { jumio, data: { replaces: EXECUTION_ID } }));

  assert.equal(jumio.starts[0]?.accountId, ACCOUNT_ID);
  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.workflowExecutionId, next);
});

for (
  const [name, decision] of Object.entries(
    {
      "decision": { status: "rejected", verdict: "FAILED", decidedAt: NOW + 1 },
      "rejection without verdict and time": { status: "rejected", changedAt: NOW + 1 },
    } as const,
  )
) {
  Deno.test(`handleStart() starts nothing after a ${name} that is newer than its request`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, createStarted(decision));
    const jumio = createJumio();

    const result = await runStart(store, { jumio, data: { replaces: EXECUTION_ID } });

    assert.deepEqual([result, jumio.starts], [{ kind: "done", outcome: "ignored" }, []]);
  });
}

Deno.test("handleStart() records nothing if the identity was decided about during the call", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const result = await runStart(store);
  const decided = createStarted({ status: "verified", verdict: "PASSED", decidedAt: NOW + 1 });
  await store.commit({ sets: [{ key: verificationKey(IDENTITY_ID), value: decided }] });

  await commitStart(store, result);

  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.verdict, "PASSED");
  assert.equal((await store.get(executionKey(EXECUTION_ID))).value, null);
});

Deno.test("handleStart() has the new account erased if the identity was erased during the call", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const result = await runStart(store);
  const tombstone = {
    v: 1,
    requestedAt: NOW,
    by: "grace",
    secretId: "1",
    erasedAt: null,
    sequence: 0,
  };
  await store.commit({
    deletes: [verificationKey(IDENTITY_ID)],
    sets: [{ key: tombstoneKey(IDENTITY_ID), value: tombstone }],
  });

  await commitStart(store, result);

  const { value } = await readJob(store, { kind: ERASE, id: IDENTITY_ID });
  assert.deepEqual([value?.data.accountIds, value?.dueAt], [[ACCOUNT_ID], NOW]);
});
