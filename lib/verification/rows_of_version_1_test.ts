// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../../tests/support/context.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import type { Store } from "../kv/store.ts";

/** Rows as version 1 writes them. After its release never change them: operators have such rows. */
const TOKEN = "A".repeat(43);
const TOKEN_HASH = "0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a";
const ACCEPTED_AT = Date.UTC(2026, 4, 4, 8);

interface Ids {
  readonly identityId: string;
  readonly executionId: string;
  readonly accountId: string;
  readonly tokenHash: string;
}

interface StoredRow {
  readonly key: Deno.KvKey;
  readonly value: unknown;
}

function rowsOfVersion1(ids: Ids): StoredRow[] {
  return [verificationOfVersion1(ids), ...executionOfVersion1(ids), ...pollOfVersion1(ids)];
}

function verificationOfVersion1({ identityId, executionId, accountId }: Ids): StoredRow {
  return {
    key: ["verification", identityId],
    value: {
      v: 1,
      identityId,
      status: "pending",
      verdict: null,
      detail: null,
      accountId,
      workflowExecutionId: executionId,
      acceptedAt: ACCEPTED_AT,
      initiatedAt: ACCEPTED_AT,
      round: 1,
      roundBeganAt: ACCEPTED_AT,
      isRestarting: false,
      executionCount: 1,
      executionsAllowed: null,
      decidedAt: null,
      validUntil: null,
      sequence: 1,
      changedAt: ACCEPTED_AT,
      goneAt: null,
    },
  };
}

function executionOfVersion1(
  { identityId, executionId, accountId, tokenHash }: Ids,
): StoredRow[] {
  const execution = {
    v: 1,
    identityId,
    accountId,
    callbackTokenHash: tokenHash,
    createdAt: ACCEPTED_AT,
    round: 1,
    openedAt: null,
    settled: null,
  };
  const token = {
    v: 1,
    identityId,
    workflowExecutionId: executionId,
    expiresAt: ACCEPTED_AT + 90 * 86_400_000,
  };
  return [
    { key: ["execution", executionId], value: execution },
    { key: ["callback_token", tokenHash], value: token },
  ];
}

function pollOfVersion1({ executionId, accountId }: Ids): StoredRow[] {
  const pollAt = ACCEPTED_AT + 86_400_000;
  const data = { accountId, isCalledBack: false, pollAfterMs: 600_000 };
  return [
    {
      key: ["job", "check", executionId],
      value: jobOfVersion1("check", executionId, { data, dueAt: pollAt }),
    },
    { key: ["due", "check", pollAt, executionId], value: null },
  ];
}

function jobOfVersion1(
  kind: string,
  id: string,
  { data, dueAt, failures = 0 }: { data: unknown; dueAt: number; failures?: number },
): Record<string, unknown> {
  const failedAt = failures === 0 ? null : ACCEPTED_AT;
  return {
    v: 1,
    kind,
    id,
    data,
    dueAt,
    leaseId: null,
    isNudged: false,
    failures,
    lastingFailures: 0,
    firstFailedAt: failedAt,
    failing: null,
    lastRunAt: failedAt,
    createdAt: ACCEPTED_AT,
  };
}

/** A service on rows that an older version wrote, for a person that Kratos and Jumio know. */
async function upgrade(
  store: Store,
): Promise<{ service: TestContext; identityId: string; executionId: string }> {
  const service = await createTestContext({ store });
  const identityId = await service.register();
  const [execution] = service.jumio.executions;
  assert(execution);
  await forgetEverything(store);
  const rows = rowsOfVersion1({
    identityId,
    executionId: execution.id,
    accountId: execution.accountId,
    tokenHash: TOKEN_HASH,
  });
  await store.commit({ sets: rows });
  return { service, identityId, executionId: execution.id };
}

async function forgetEverything(store: Store): Promise<void> {
  const rows = await store.list({ prefix: [] }, { limit: 100 });
  await store.commit({ deletes: rows.map(({ key }) => key) });
}

Deno.test("a callback settles an execution that version 1 has stored", async () => {
  await using store = createMemoryStore();
  const { service, identityId, executionId } = await upgrade(store);
  await using _ = service;
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(executionId, "passed");

  const response = await service.send(`/jumio/callback/${TOKEN}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      workflowExecution: { id: executionId, status: "PROCESSED" },
      account: { id: service.jumio.executions[0]?.accountId },
    }),
  });
  await service.drain();

  assert.deepEqual(await response.json(), { outcome: "accepted" });
  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("a poll settles an execution that version 1 has stored", async () => {
  await using store = createMemoryStore();
  const { service, identityId, executionId } = await upgrade(store);
  await using _ = service;
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(executionId, "rejected");

  await service.advance(2 * 86_400_000);

  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("a start that version 1 has stored is made", async () => {
  await using store = createMemoryStore();
  await using service = await createTestContext({ store });
  service.jumio.faults.isDown = true;
  const identityId = await service.register();
  service.jumio.faults.isDown = false;
  await forgetEverything(store);
  const [verification] = rowsOfVersion1({
    identityId,
    executionId: "",
    accountId: "",
    tokenHash: TOKEN_HASH,
  });
  const unstarted = { accountId: null, workflowExecutionId: null, initiatedAt: null };
  await store.commit({
    sets: [
      {
        key: ["verification", identityId],
        value: { ...Object(verification?.value), ...unstarted },
      },
      {
        key: ["job", "start", identityId],
        value: jobOfVersion1("start", identityId, { data: {}, dueAt: ACCEPTED_AT, failures: 3 }),
      },
      { key: ["due", "start", ACCEPTED_AT, identityId], value: null },
    ],
  });

  await service.drain();

  assert.equal(service.jumio.executions[0]?.userReference, identityId);
  assert.equal(typeof service.metadata(identityId)["workflow_execution_id"], "string");
});
