import assert from "node:assert/strict";
import { createMemoryStore, createTestLog } from "../../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  createJob,
  createOpen,
  createStarted,
  createTestSpan,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeExecution,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { type CallbackToken, callbackTokenKey, hashCallbackToken } from "../callback_token.ts";
import { type Execution, executionKey } from "../executions.ts";
import { CHECK, ERASE, PUBLISH, START, type StartData } from "../job_kinds.ts";
import { createVerification, tombstoneKey, type Verification, verificationKey } from "../rows.ts";
import { readJob } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { Jumio } from "../../jumio/client.ts";
import type { Store } from "../../kv/store.ts";
import { UpstreamError } from "../../upstream/error.ts";
import type { StartOptions } from "./_started.ts";
import { handleStart } from "./start.ts";

const REGISTERED = createVerification(IDENTITY_ID, { now: NOW });
const STARTED = { accountId: ACCOUNT_ID, workflowExecutionId: EXECUTION_ID, href: "https://j/1" };
const DOWN = new UpstreamError("jumio", "network", { action: "start a workflow" });

type Start = Parameters<Jumio["startWorkflow"]>[0];

/** A Jumio that starts what it is asked to, and remembers it. */
function createJumio(
  { start = () => Promise.resolve(STARTED), status = "INITIATED" }: {
    start?: () => ReturnType<Jumio["startWorkflow"]>;
    status?: string;
  } = {},
): StartOptions["jumio"] & { readonly starts: Start[] } {
  const starts: Start[] = [];
  return {
    starts,
    startWorkflow: (options) => (starts.push(options), start()),
    retrieveStatus: () => Promise.resolve(status),
  };
}

async function run(
  store: Store,
  { jumio = createJumio(), data = {}, failures = 0, publicUrl = "https://kyc.example.com" }: {
    jumio?: StartOptions["jumio"];
    data?: StartData;
    failures?: number;
    publicUrl?: string | undefined;
  } = {},
): Promise<JobResult<StartData>> {
  const job = createJob(START, { id: IDENTITY_ID, data, failures });
  const { log } = createTestLog();
  const options = { store, jumio, now: () => NOW, log, reconcileAfterMs: 600_000 };
  return await handleStart(job, createTestSpan("trace"), { ...options, publicUrl });
}

/** Commits what a run wants to write, as the runner does. */
async function commit(store: Store, result: JobResult<StartData>): Promise<void> {
  assert(result.kind === "done");
  assert(await store.commit(await result.buildWrite?.() ?? result.write ?? {}));
}

Deno.test("handleStart() starts nothing for an identity without a verification", async () => {
  await using store = createMemoryStore();
  const jumio = createJumio();

  const result = await run(store, { jumio });

  assert.deepEqual([result, jumio.starts], [{ kind: "done", outcome: "ignored" }, []]);
});

Deno.test("handleStart() records what Jumio created, and requests its check and publication", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const jumio = createJumio();

  await commit(store, await run(store, { jumio, data: { locale: "de" } }));

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
  const { log } = createTestLog();
  const job = createJob(START, { id: IDENTITY_ID, data: {} });
  const options = { store, jumio, now: () => NOW, log, reconcileAfterMs: 120_000 };

  const result = await handleStart(job, createTestSpan(), { ...options, publicUrl: undefined });
  await commit(store, result);

  const [start] = jumio.starts;
  assert.deepEqual([start?.callbackUrl, start?.web, start?.tokenLifetime], [
    undefined,
    undefined,
    "1d",
  ]);
  const check = await readJob(store, { kind: CHECK, id: EXECUTION_ID });
  assert.equal(check.value?.dueAt, NOW + 120_000);
});

for (const [failures, isPublished] of [[0, true], [1, false]] as const) {
  const verb = isPublished ? "publishes" : "does not publish";
  Deno.test(`handleStart() ${verb} "pending" after failure ${failures + 1} in a row`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, REGISTERED);
    const jumio = createJumio({ start: () => Promise.reject(DOWN) });

    await assert.rejects(run(store, { jumio, failures }), DOWN);

    const publish = await readJob(store, { kind: PUBLISH, id: IDENTITY_ID });
    assert.equal(publish.value !== null, isPublished);
  });
}

Deno.test("handleStart() keeps an execution in which the person has submitted something", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  await storeExecution(store, createOpen());
  const jumio = createJumio({ status: "PROCESSED" });

  const result = await run(store, { jumio, data: { replaces: EXECUTION_ID } });
  await commit(store, result);

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

  await commit(store, await run(store, { jumio, data: { replaces: EXECUTION_ID } }));

  assert.equal(jumio.starts[0]?.accountId, ACCOUNT_ID);
  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.workflowExecutionId, next);
});

Deno.test("handleStart() starts nothing after a decision that is newer than its request", async () => {
  await using store = createMemoryStore();
  const verdict = { status: "rejected", verdict: "FAILED", decidedAt: NOW + 1 } as const;
  await storeVerification(store, createStarted(verdict));
  const jumio = createJumio();

  const result = await run(store, { jumio, data: { replaces: EXECUTION_ID } });

  assert.deepEqual([result, jumio.starts], [{ kind: "done", outcome: "ignored" }, []]);
});

Deno.test("handleStart() records nothing if the identity was decided about during the call", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const result = await run(store);
  const decided = createStarted({ status: "verified", verdict: "PASSED", decidedAt: NOW + 1 });
  await store.commit({ sets: [{ key: verificationKey(IDENTITY_ID), value: decided }] });

  await commit(store, result);

  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.verdict, "PASSED");
  assert.equal((await store.get(executionKey(EXECUTION_ID))).value, null);
});

Deno.test("handleStart() has the new account erased if the identity was erased during the call", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REGISTERED);
  const result = await run(store);
  const tombstone = { v: 1, requestedAt: NOW, by: "grace", secretId: "1", erasedAt: null };
  await store.commit({
    deletes: [verificationKey(IDENTITY_ID)],
    sets: [{ key: tombstoneKey(IDENTITY_ID), value: tombstone }],
  });

  await commit(store, result);

  const { value } = await readJob(store, { kind: ERASE, id: IDENTITY_ID });
  assert.deepEqual([value?.data.accountIds, value?.dueAt], [[ACCOUNT_ID], NOW]);
});
