import assert from "node:assert/strict";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { readJob } from "../jobs/job.ts";
import type { ListedIdentity } from "../kratos/identities.ts";
import type { Store } from "../kv/store.ts";
import { CHECK, START } from "../verification/job_kinds.ts";
import {
  createVerification,
  type Tombstone,
  tombstoneKey,
  type Verification,
  verificationKey,
} from "../verification/rows.ts";
import { startMissing } from "./start_missing.ts";

const NOW = Date.UTC(2026, 4, 4);
const ACCOUNT_ID = "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10";
const EXECUTION_ID = "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522";

function identity(changes: Partial<ListedIdentity> = {}): ListedIdentity {
  return {
    id: "i-1",
    createdAt: undefined,
    jumio: undefined,
    flatPublic: {},
    flatAdmin: {},
    ...changes,
  };
}

async function run(
  store: Store,
  identities: readonly ListedIdentity[],
  { isDryRun = false } = {},
) {
  return await startMissing(store, {
    listIdentities: () => Promise.resolve({ identities, nextPageToken: "t-2" }),
    pageToken: undefined,
    pageSize: 100,
    isDryRun,
    operator: { name: "Ada", secretId: "1a2b3c4d" },
    now: NOW,
  });
}

Deno.test("startMissing() starts an identity without a verification", async () => {
  await using store = createMemoryStore();

  const page = await run(store, [identity()]);

  assert.deepEqual(page, {
    lookedAt: 1,
    identityIds: ["i-1"],
    started: 1,
    nextPageToken: "t-2",
  });
  assert.equal((await readJob(store, { kind: START, id: "i-1" })).value?.dueAt, NOW);
});

Deno.test("startMissing() starts nothing in a dry run", async () => {
  await using store = createMemoryStore();

  const page = await run(store, [identity()], { isDryRun: true });

  assert.deepEqual([page.identityIds, page.started], [["i-1"], 0]);
  assert.equal((await readJob(store, { kind: START, id: "i-1" })).value, null);
});

Deno.test("startMissing() checks the execution that an identity names", async () => {
  await using store = createMemoryStore();
  const jumio = {
    status: "pending",
    "account_id": ACCOUNT_ID,
    "workflow_execution_id": EXECUTION_ID,
  };

  const page = await run(store, [identity({ jumio })]);

  const { value } = await store.get<Verification>(verificationKey("i-1"));
  assert.deepEqual([page.started, value?.workflowExecutionId], [1, EXECUTION_ID]);
  assert.equal((await readJob(store, { kind: CHECK, id: EXECUTION_ID })).value?.dueAt, NOW);
  assert.equal((await readJob(store, { kind: START, id: "i-1" })).value, null);
});

const PRESENT: Readonly<Record<string, Partial<ListedIdentity>>> = {
  "with a decision": { jumio: { status: "verified" } },
  "with a jumio that this service did not write": { jumio: "x" },
  "with the keys of Ory's public sample": { flatPublic: { "jumio_account_id": ACCOUNT_ID } },
};

for (const [name, changes] of Object.entries(PRESENT)) {
  Deno.test(`startMissing() leaves out an identity ${name}`, async () => {
    await using store = createMemoryStore();

    assert.deepEqual((await run(store, [identity(changes)])).identityIds, []);
  });
}

Deno.test("startMissing() leaves out identities with a record, and erased ones", async () => {
  await using store = createMemoryStore();
  const tombstone: Tombstone = { v: 1, requestedAt: 1, by: "Ada", secretId: "s", erasedAt: null };
  await store.commit({
    sets: [
      { key: verificationKey("i-1"), value: createVerification("i-1", { now: 1 }) },
      { key: tombstoneKey("i-2"), value: tombstone },
    ],
  });

  const page = await run(store, ["i-1", "i-2", "i-3"].map((id) => identity({ id })));

  assert.deepEqual([page.lookedAt, page.identityIds, page.started], [3, ["i-3"], 1]);
});
