// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import { runPublish } from "../../../tests/support/publish.ts";
import {
  ACCOUNT_ID,
  createStarted,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import type { JumioMetadata } from "../../kratos/metadata.ts";
import { type Verification, verificationKey } from "../rows.ts";

const DAY = 86_400_000;
const VERIFIED = { status: "verified", verdict: "PASSED", decidedAt: NOW } as const;
const REJECTED = { status: "rejected", verdict: "FAILED", decidedAt: NOW } as const;

for (
  const [name, change, options, reads] of [
    ["before it writes pending", {}, {}, 1],
    ["before it writes expired", { status: "expired" }, {}, 1],
    ["not after a start that has just read it", {}, { isJustRead: true }, 0],
    ["after all if that write failed", {}, { isJustRead: true, failures: 1 }, 1],
    ["after all if that is long ago", {}, { isJustRead: true, ageMs: 30_000 }, 1],
    ["not before it writes a decision", VERIFIED, {}, 0],
    ["before it writes a decision that waited long", VERIFIED, { ageMs: 30_000 }, 1],
  ] as const
) {
  Deno.test(`handlePublish() reads the identity ${name}`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, createStarted(change));

    const done = await runPublish(store, options);

    assert.deepEqual([done.reads, done.patches.length], [reads, 1]);
  });
}

for (const status of ["pending", "expired", "verified", "review"] as const) {
  Deno.test(`handlePublish() adopts a rejected identity instead of writing ${status} over it`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, createStarted({ status }));
    const found: JumioMetadata = {
      status: "rejected",
      verdict: "FAILED",
      "account_id": ACCOUNT_ID,
      "workflow_execution_id": crypto.randomUUID(),
      "decided_at": new Date(NOW + DAY).toISOString(),
    };

    const { result, patches } = await runPublish(store, { found, ageMs: DAY });

    assert.deepEqual(patches, []);
    assert.deepEqual(result, { kind: "done", outcome: "superseded" });
    const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
    assert.deepEqual([value?.status, value?.workflowExecutionId], [
      "rejected",
      found["workflow_execution_id"],
    ]);
  });
}

Deno.test("handlePublish() revokes the sessions again at the confirmation", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(REJECTED));
  const { patches: [found = null] } = await runPublish(store);

  const { revoked } = await runPublish(store, { isConfirmation: true, revokes: true, found });

  assert.deepEqual(revoked, [IDENTITY_ID]);
});

Deno.test("handlePublish() does not compare the link at the confirmation", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(REJECTED));
  const { patches: [patch] } = await runPublish(store);
  assert(patch !== undefined);
  const found = { ...patch, "verification_url": null };

  const { patches } = await runPublish(store, { isConfirmation: true, found });

  assert.deepEqual(patches, []);
});
