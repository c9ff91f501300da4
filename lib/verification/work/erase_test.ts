// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore, createTestLog } from "../../../tests/support/memory_store.ts";
import {
  ACCOUNT_ID,
  createJob,
  createOpen,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeExecution,
} from "../../../tests/support/verification_rows.ts";
import { recordEvent, timelineKey } from "../../history/timeline.ts";
import { deadLetterKey } from "../../jobs/dead_letters.ts";
import { dueKey } from "../../jobs/due.ts";
import { jobKey } from "../../jobs/job.ts";
import type { JobResult } from "../../jobs/result.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";
import type { Store } from "../../kv/store.ts";
import { identityExecutionKey } from "../executions.ts";
import { CHECK, ERASE, type EraseData, START } from "../job_kinds.ts";
import { restartsKey, type Tombstone, tombstoneKey } from "../rows.ts";
import { sweepReportKey } from "../sweep.ts";
import { handleErase } from "./erase.ts";

const LEFT = {
  status: "rejected",
  verdict: "FAILED",
  initiatedAt: NOW,
  decidedAt: NOW,
  validUntil: null,
  detail: null,
};
const DATA: EraseData = { accountIds: [ACCOUNT_ID], left: LEFT, isConfirmation: false };

const PUBLISHED: JumioMetadata = {
  status: "rejected",
  verdict: "FAILED",
  "account_id": ACCOUNT_ID,
  "workflow_execution_id": EXECUTION_ID,
  "verification_url": "https://kyc.example.com/jumio/verify?token=t",
};

const CLEAN: JumioMetadata = {
  ...PUBLISHED,
  "account_id": null,
  "workflow_execution_id": null,
  "verification_url": null,
};

async function run(
  store: Store,
  { found, data = DATA }: { found: JumioMetadata | null | undefined; data?: EraseData },
): Promise<{ result: JobResult<EraseData>; deleted: string[]; patches: JumioMetadata[] }> {
  const deleted: string[] = [];
  const patches: JumioMetadata[] = [];
  const { log } = createTestLog();
  const result = await handleErase(createJob(ERASE, { id: IDENTITY_ID, data }), {
    store,
    jumio: { deleteAccount: (id) => Promise.resolve(void deleted.push(id)) },
    kratos: {
      getJumioMetadata: () => Promise.resolve(found),
      patchJumioMetadata: (_id, metadata) => (patches.push(metadata), Promise.resolve(true)),
      getMetadataPublic: () => Promise.resolve(undefined),
      replaceMetadataPublic: () => Promise.resolve(false),
    },
    now: () => NOW,
    log,
  });
  return { result, deleted, patches };
}

Deno.test("handleErase() deletes the accounts, and what leads to them on the identity", async () => {
  await using store = createMemoryStore();

  const { result, deleted, patches: [patch] } = await run(store, { found: PUBLISHED });

  assert.deepEqual(deleted, [ACCOUNT_ID]);
  assert.deepEqual(
    [patch?.status, patch?.["account_id"], patch?.["verification_url"]],
    ["rejected", null, null],
  );
  assert.deepEqual(result, {
    kind: "again",
    dueAt: NOW + 60_000,
    data: { ...DATA, accountIds: [], isConfirmation: true },
  });
});

Deno.test("handleErase() deletes an account that only the identity names", async () => {
  await using store = createMemoryStore();
  const other = crypto.randomUUID();

  const { deleted } = await run(store, { found: { ...PUBLISHED, "account_id": other } });

  assert.deepEqual(deleted, [ACCOUNT_ID, other]);
});

Deno.test("handleErase() keeps the status that the identity has if there was no record", async () => {
  await using store = createMemoryStore();

  const { patches: [patch] } = await run(store, {
    found: { ...PUBLISHED, status: "review" },
    data: { ...DATA, left: null },
  });

  assert.deepEqual([patch?.status, patch?.["account_id"]], ["review", null]);
});

for (const [what, found] of [["does not exist", undefined], ["is clean", CLEAN]] as const) {
  Deno.test(`handleErase() deletes our rows and ends if the identity ${what}`, async () => {
    await using store = createMemoryStore();
    await storeExecution(store, createOpen());
    const tombstone: Tombstone = {
      v: 1,
      requestedAt: NOW,
      by: "grace",
      secretId: "1",
      erasedAt: null,
      sequence: 0,
    };
    const letters = [deadLetterKey(START, IDENTITY_ID), deadLetterKey(CHECK, EXECUTION_ID)];
    await store.commit({
      sets: [
        { key: tombstoneKey(IDENTITY_ID), value: tombstone },
        { key: restartsKey(IDENTITY_ID), value: {} },
        ...letters.map((key) => ({ key, value: {} })),
      ],
    });
    for (const id of [IDENTITY_ID, EXECUTION_ID]) {
      await store.commit(recordEvent(id, { at: NOW, event: "start", details: {} }));
    }

    const { result, patches } = await run(store, { found });

    assert(result.kind === "done");
    assert(await store.commit(await result.buildWrite?.() ?? {}));
    assert.deepEqual(patches, []);
    const prefixes = [
      timelineKey(IDENTITY_ID),
      timelineKey(EXECUTION_ID),
      identityExecutionKey(IDENTITY_ID),
      ["dead_letter"],
      ["restarts"],
    ];
    for (const prefix of prefixes) {
      assert.deepEqual(await store.list({ prefix }, { limit: 5 }), []);
    }
    const { value } = await store.get<Tombstone>(tombstoneKey(IDENTITY_ID));
    assert.equal(value?.erasedAt, NOW);
  });
}

Deno.test("handleErase() deletes the check of an execution, which names the account", async () => {
  await using store = createMemoryStore();
  await storeExecution(store, createOpen());
  const check = createJob(CHECK, {
    id: EXECUTION_ID,
    data: { accountId: ACCOUNT_ID, isCalledBack: false, pollAfterMs: 1 },
  });
  await store.commit({
    sets: [{ key: jobKey(CHECK, EXECUTION_ID), value: check }, {
      key: dueKey(CHECK, check),
      value: null,
    }],
  });

  await run(store, { found: CLEAN });

  assert.deepEqual(await store.list({ prefix: ["job"] }, { limit: 1 }), []);
  assert.deepEqual(await store.list({ prefix: ["due"] }, { limit: 1 }), []);
});

Deno.test("handleErase() takes the identity out of the reports of sweeps", async () => {
  await using store = createMemoryStore();
  const report = { v: 1, neverStartedIds: ["other", IDENTITY_ID] };
  const keys = [true, false].map((isDryRun) => sweepReportKey({ isDryRun }));
  await store.commit({ sets: keys.map((key) => ({ key, value: report })) });

  const { result } = await run(store, { found: CLEAN });
  assert(result.kind === "done");
  await store.commit(await result.buildWrite?.() ?? {});

  for (const key of keys) {
    assert.deepEqual((await store.get(key)).value, { v: 1, neverStartedIds: ["other"] });
  }
});
