// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readTimeline } from "../history/timeline.ts";
import { readJob } from "../jobs/job.ts";
import type { JumioMetadata } from "../kratos/metadata.ts";
import type { Store } from "../kv/store.ts";
import { PUBLISH } from "../verification/job_kinds.ts";
import { tombstoneKey, type Verification, verificationKey } from "../verification/rows.ts";
import { createMemoryStore, createTestLog } from "../../tests/support/memory_store.ts";
import {
  createStarted,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../tests/support/verification_rows.ts";
import { publishAgain, type PublishedAgain } from "./publish_again.ts";

const REJECTED = createStarted({ status: "rejected", verdict: "FAILED", decidedAt: NOW });

/** Publishes again. `metadata` is what Ory has; without it the test fails if Ory is read. */
async function publish(
  store: Store,
  { isForced = false, ...ory }: { isForced?: boolean; metadata?: JumioMetadata | null | undefined },
): Promise<{ published: PublishedAgain | undefined; attempts: string[] }> {
  const attempts: string[] = [];
  const published = await publishAgain(IDENTITY_ID, {
    store,
    kratos: {
      getJumioMetadata: () =>
        "metadata" in ory ? Promise.resolve(ory.metadata) : assert.fail("Ory was read"),
    },
    jobs: {
      attempt: ({ name }, id) => {
        attempts.push(`${name} ${id}`);
        return Promise.resolve();
      },
    },
    now: () => NOW,
    log: createTestLog().log,
    operator: { name: "Ada", secretId: "1a2b3c4d" },
    isForced,
    attemptMs: 1_000,
  });
  return { published, attempts };
}

async function readActions(store: Store): Promise<unknown[]> {
  const { events } = await readTimeline(store, { subjectIds: [IDENTITY_ID], limit: 10 });
  return events.map((
    { details: { action, outcome, by, forced } },
  ) => [action, outcome, by, forced]);
}

async function isRequested(store: Store): Promise<boolean> {
  return (await readJob(store, { kind: PUBLISH, id: IDENTITY_ID })).value !== null;
}

Deno.test("publishAgain() publishes a record whose metadata was lost, and waits for the job", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REJECTED);

  const { published, attempts } = await publish(store, { metadata: null });

  assert.equal(published?.outcome, "published");
  assert.deepEqual(attempts, [`publish ${IDENTITY_ID}`]);
  assert.equal(await isRequested(store), true);
  assert.deepEqual(await readActions(store), [["publish", "published", "Ada", undefined]]);
});

Deno.test("publishAgain() records who published in the write that publishes", async () => {
  const memory = createMemoryStore();
  await using _ = memory;
  await storeVerification(memory, REJECTED);
  const commits: number[] = [];
  const store: Store = {
    ...memory,
    commit(write) {
      commits.push(write.sets?.length ?? 0);
      return memory.commit(write);
    },
  };

  await publish(store, { metadata: null });

  assert.equal(commits.length, 1);
  assert.equal((await readActions(store)).length, 1);
});

Deno.test("publishAgain() with force publishes without reading Ory", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REJECTED);

  const { published } = await publish(store, { isForced: true });

  assert.equal(published?.outcome, "published");
  assert.equal(await isRequested(store), true);
  assert.deepEqual(await readActions(store), [["publish", "published", "Ada", "yes"]]);
});

Deno.test("publishAgain() with force publishes a record that counts as deleted in Ory", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, { ...REJECTED, goneAt: NOW });

  await publish(store, { isForced: true });

  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.goneAt, null);
});

for (const isForced of [false, true]) {
  Deno.test(`publishAgain() leaves an erased identity alone, forced: ${isForced}`, async () => {
    await using store = createMemoryStore();
    const value = { v: 1, requestedAt: NOW, by: "Ada", secretId: "1a2b3c4d", erasedAt: NOW };
    await store.commit({ sets: [{ key: tombstoneKey(IDENTITY_ID), value }] });

    const { published, attempts } = await publish(store, { isForced, metadata: null });

    assert.equal(published?.outcome, "erased");
    assert.deepEqual(attempts, []);
    assert.equal(await isRequested(store), false);
    assert.deepEqual(await readActions(store), []);
  });
}

Deno.test("publishAgain() does not know an id that neither we nor Ory know", async () => {
  await using store = createMemoryStore();

  assert.equal((await publish(store, { metadata: undefined })).published, undefined);
  assert.equal((await publish(store, { isForced: true })).published, undefined);

  assert.deepEqual(await store.list({ prefix: [] }, { limit: 10 }), []);
});

Deno.test("publishAgain() records an attempt for an identity that only Ory does not know", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, REJECTED);

  const { published } = await publish(store, { metadata: undefined });

  assert.equal(published?.outcome, "unknown_identity");
  assert.deepEqual(await readActions(store), [["publish", "unknown_identity", "Ada", undefined]]);
  assert.equal(await isRequested(store), false);
});
