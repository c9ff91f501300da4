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
import { type Execution, executionKey } from "../executions.ts";
import { CHECK, type CheckData, PUBLISH } from "../job_kinds.ts";
import { type Verification, verificationKey } from "../rows.ts";
import { type Job, readJob } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { WorkflowDetails } from "../../jumio/client.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";
import type { Store } from "../../kv/store.ts";
import { UpstreamError } from "../../upstream/error.ts";
import { handleCheck } from "./check.ts";

const MINUTE = 60_000;
const POLL: CheckData = { accountId: ACCOUNT_ID, isCalledBack: false, pollAfterMs: 10 * MINUTE };
const CALLED_BACK: CheckData = { ...POLL, isCalledBack: true };
/** Old enough for an unknown execution: no create call can still be under way. */
const OLD = { createdAt: NOW - 5 * MINUTE };

const PASSED: WorkflowDetails = {
  accountId: ACCOUNT_ID,
  workflowExecutionId: EXECUTION_ID,
  status: "PROCESSED",
  decision: "PASSED",
  customerInternalReference: IDENTITY_ID,
  userReference: undefined,
};

interface World {
  readonly status?: string;
  readonly details?: WorkflowDetails | undefined;
  readonly metadata?: JumioMetadata | null;
  readonly data?: CheckData;
  readonly job?: Partial<Job<CheckData>>;
}

async function run(
  store: Store,
  { status = "PROCESSED", metadata = null, data = CALLED_BACK, job = {}, ...world }: World = {},
): Promise<{ result: JobResult<CheckData>; calls: string[]; links: string[] }> {
  const calls: string[] = [];
  const span = createTestSpan("trace");
  const details = "details" in world ? world.details : PASSED;
  const { log } = createTestLog();
  const result = await handleCheck(createJob(CHECK, { id: EXECUTION_ID, data, ...job }), span, {
    store,
    jumio: {
      retrieveStatus: () => (calls.push("status"), Promise.resolve(status)),
      retrieveDetails: () => (calls.push("details"), Promise.resolve(details)),
    },
    kratos: { getJumioMetadata: () => (calls.push("metadata"), Promise.resolve(metadata)) },
    now: () => NOW,
    log,
    warningStatus: "review",
    reconcileAfterMs: 10 * MINUTE,
  });
  return { result, calls, links: span.links };
}

async function createPerson(store: Store, change: Partial<Verification> = {}): Promise<void> {
  await storeVerification(store, createStarted(change));
  await storeExecution(store, createOpen({ trace: "start" }));
}

async function commit(store: Store, result: JobResult<CheckData>): Promise<void> {
  assert(result.kind === "done");
  assert(await store.commit(result.write ?? {}));
}

async function readStatus(store: Store): Promise<string | undefined> {
  return (await store.get<Verification>(verificationKey(IDENTITY_ID))).value?.status;
}

async function readSettled(store: Store): Promise<Execution["settled"] | undefined> {
  return (await store.get<Execution>(executionKey(EXECUTION_ID))).value?.settled;
}

Deno.test("handleCheck() settles the newest execution and requests the publication of its verdict", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const { result, links } = await run(store);
  await commit(store, result);

  assert.deepEqual(result.kind === "done" && result.settled, {
    isPolled: false,
    decided: { verdict: "PASSED", status: "verified" },
  });
  assert.equal(await readStatus(store), "verified");
  assert.equal((await readSettled(store))?.outcome, "applied");
  const { value: publish } = await readJob(store, { kind: PUBLISH, id: IDENTITY_ID });
  assert.deepEqual([publish?.dueAt, publish?.trace, links], [NOW, "trace", ["start"]]);
});

Deno.test("handleCheck() reports that a poll found the result", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const { result, calls } = await run(store, { data: POLL });

  assert.deepEqual(calls, ["status", "details"]);
  assert.equal(result.kind === "done" && result.settled?.isPolled, true);
});

Deno.test("handleCheck() settles an older execution without changing the verification", async () => {
  await using store = createMemoryStore();
  await createPerson(store, { workflowExecutionId: crypto.randomUUID() });

  const { result } = await run(store);
  await commit(store, result);

  assert.deepEqual(result.kind === "done" && [result.outcome, result.settled], ["superseded", {
    isPolled: false,
    decided: undefined,
  }]);
  assert.equal(await readStatus(store), "pending");
  assert.equal((await readSettled(store))?.outcome, "superseded");
});

Deno.test("handleCheck() leaves the status pending without a decision, and settles the execution", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const { result } = await run(store, { details: { ...PASSED, decision: "NOT_EXECUTED" } });
  await commit(store, result);

  assert.equal(await readStatus(store), "pending");
  assert.equal((await readSettled(store))?.conclusion, "inconclusive");
});

Deno.test("handleCheck() calls nobody for an execution that is settled", async () => {
  await using store = createMemoryStore();
  const settled = { at: NOW, outcome: "applied", conclusion: "decided" } as const;
  await storeExecution(store, createOpen({ settled }));

  const { result, calls } = await run(store);

  assert.deepEqual([result, calls], [{ kind: "done", outcome: "ignored" }, []]);
});

Deno.test("handleCheck() polls again after twice the delay, up to an hour", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const first = await run(store, { status: "INITIATED", data: POLL });
  const late = await run(store, {
    status: "INITIATED",
    data: { ...POLL, pollAfterMs: 50 * MINUTE },
  });

  assert.deepEqual(first.result, {
    kind: "again",
    dueAt: NOW + 20 * MINUTE,
    data: { ...POLL, pollAfterMs: 20 * MINUTE },
  });
  assert.equal(late.result.kind === "again" && late.result.dueAt, NOW + 60 * MINUTE);
});

Deno.test("handleCheck() retries by the schedule if the result is not there yet, then polls", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  const { result } = await run(store, { details: { ...PASSED, status: "ACQUIRED" } });

  assert.deepEqual(result, {
    kind: "not_yet",
    exhausted: { dueAt: NOW + 20 * MINUTE, data: { ...POLL, pollAfterMs: 20 * MINUTE } },
  });
});

Deno.test("handleCheck() fails if Jumio has no details, so that the schedule retries", async () => {
  await using store = createMemoryStore();
  await createPerson(store);

  await assert.rejects(
    run(store, { details: undefined }),
    (error) => error instanceof UpstreamError && error.status === 404,
  );
});

for (
  const [what, change] of [
    ["another identity", { customerInternalReference: crypto.randomUUID() }],
    ["a second reference that differs", { userReference: crypto.randomUUID() }],
    ["no identity", { customerInternalReference: undefined }],
    ["another account", { accountId: crypto.randomUUID() }],
    ["another execution", { workflowExecutionId: crypto.randomUUID() }],
  ] as const
) {
  Deno.test(`handleCheck() makes a dead letter if Jumio names ${what}`, async () => {
    await using store = createMemoryStore();
    await createPerson(store);

    const { result } = await run(store, { details: { ...PASSED, ...change } });

    assert.deepEqual(result, { kind: "dead", reason: "read_back_mismatch" });
  });
}

Deno.test("handleCheck() waits for the create call's answer before it judges an unknown execution", async () => {
  await using store = createMemoryStore();

  const { result, calls } = await run(store);

  assert.deepEqual([result, calls], [{ kind: "again", dueAt: NOW + 2_000, data: CALLED_BACK }, []]);
});

const NAMED: JumioMetadata = {
  status: "pending",
  "account_id": ACCOUNT_ID,
  "workflow_execution_id": EXECUTION_ID,
};

Deno.test("handleCheck() adopts an unknown execution that the identity's metadata names", async () => {
  await using store = createMemoryStore();

  const { result } = await run(store, { metadata: NAMED, job: OLD });
  await commit(store, result);

  assert.equal(await readStatus(store), "verified");
  assert.deepEqual(result.kind === "done" && result.settled?.decided, {
    verdict: "PASSED",
    status: "verified",
  });
});

for (
  const [what, world] of [
    ["the identity does not name", { metadata: { ...NAMED, "workflow_execution_id": null } }],
    ["belongs to another account", { metadata: { ...NAMED, "account_id": crypto.randomUUID() } }],
    ["belongs to another token", {
      metadata: NAMED,
      data: { ...CALLED_BACK, expectedIdentityId: crypto.randomUUID() },
    }],
    ["Jumio confirms for nobody", {
      metadata: NAMED,
      details: { ...PASSED, customerInternalReference: "someone" },
    }],
  ] as const
) {
  Deno.test(`handleCheck() ignores an unknown execution that ${what}`, async () => {
    await using store = createMemoryStore();

    const { result } = await run(store, { ...world, job: OLD });
    await commit(store, result);

    assert.deepEqual(result.kind === "done" && [result.outcome, result.settled], [
      "ignored",
      undefined,
    ]);
    assert.equal(await readStatus(store), undefined);
  });
}

Deno.test("handleCheck() ignores an unknown execution of an identity that has a record", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted({ workflowExecutionId: crypto.randomUUID() }));

  const { result, calls } = await run(store, { metadata: NAMED, job: OLD });

  assert.equal(result.kind === "done" && result.outcome, "ignored");
  assert(!calls.includes("metadata"));
});
