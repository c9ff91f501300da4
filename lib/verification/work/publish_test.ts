// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { runPublish } from "../../../tests/support/publish.ts";
import { createMemoryStore } from "../../../tests/support/memory_store.ts";
import {
  createStarted,
  EXECUTION_ID,
  IDENTITY_ID,
  NOW,
  storeVerification,
} from "../../../tests/support/verification_rows.ts";
import { executionLinkKey } from "../executions.ts";
import { type Verification, verificationKey } from "../rows.ts";

const DAY = 86_400_000;
const VERIFIED = { status: "verified", verdict: "PASSED", decidedAt: NOW } as const;
const REJECTED = { status: "rejected", verdict: "FAILED", decidedAt: NOW } as const;
Deno.test("handlePublish() writes nothing without a record, and for an identity that is gone", async () => {
  await using store = createMemoryStore();
  const without = await runPublish(store);
  await storeVerification(store, createStarted({ goneAt: NOW }));

  const gone = await runPublish(store);

  assert.deepEqual([without.patches, gone.patches], [[], []]);
  assert.deepEqual(gone.result, { kind: "done", outcome: "ignored" });
});

Deno.test("handlePublish() writes what the record says, with the person's link", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());

  const { patches: [patch] } = await runPublish(store);

  assert.deepEqual([patch?.status, patch?.verdict, patch?.["workflow_execution_id"]], [
    "pending",
    null,
    EXECUTION_ID,
  ]);
  assert.match(patch?.["verification_url"] ?? "", /^https:\/\/kyc\.example\.com\/jumio\/verify\?/);
});

Deno.test("handlePublish() writes Jumio's own link without PUBLIC_URL, while it works", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());
  const without = { publicUrl: undefined, link: undefined };
  const link = { v: 1, href: "https://j/1", expiresAt: NOW + 1 };
  await store.commit({ sets: [{ key: executionLinkKey(EXECUTION_ID), value: link }] });
  const live = await runPublish(store, without);
  await store.commit({
    sets: [{ key: executionLinkKey(EXECUTION_ID), value: { ...link, expiresAt: NOW } }],
  });

  const expired = await runPublish(store, without);

  const urls = [live, expired].map(({ patches: [patch] }) => patch?.["verification_url"]);
  assert.deepEqual(urls, ["https://j/1", null]);
});

Deno.test("handlePublish() comes back to renew the link of a person who is not verified", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted());

  const { result } = await runPublish(store);

  assert(result.kind === "again");
  assert.deepEqual([result.dueAt, result.data], [NOW + 83 * DAY, { isConfirmation: false }]);
});

Deno.test("handlePublish() confirms a verdict after a minute", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(VERIFIED));

  const { result, patches: [patch] } = await runPublish(store);
  const confirmed = await runPublish(store, { isConfirmation: true, found: patch ?? null });

  assert(result.kind === "again");
  assert.deepEqual([result.dueAt, result.data], [NOW + 60_000, {
    isConfirmation: true,
    changedAt: NOW,
  }]);
  assert.equal(confirmed.result.kind, "done");
  assert.deepEqual(confirmed.patches, []);
});

Deno.test("handlePublish() writes again what a confirmation does not find", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(VERIFIED));

  const { result, patches, lines } = await runPublish(store, {
    isConfirmation: true,
    found: { status: "pending" },
  });

  assert.deepEqual([result.kind, patches.length], ["again", 1]);
  assert.match(lines.join(), /An identity lost what was written to it/);
});

Deno.test("handlePublish() records that Ory has deleted the identity", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(VERIFIED));

  const { result } = await runPublish(store, { found: undefined });

  assert(result.kind === "done" && result.outcome === "identity_gone");
  assert(await store.commit(result.write ?? {}));
  const { value } = await store.get<Verification>(verificationKey(IDENTITY_ID));
  assert.equal(value?.goneAt, NOW);
});

for (
  const [revokes, change, expected] of [
    [true, REJECTED, [IDENTITY_ID]],
    [true, VERIFIED, []],
    [false, REJECTED, []],
  ] as const
) {
  const verb = expected.length > 0 ? "revokes" : "keeps";
  Deno.test(`handlePublish() ${verb} the sessions after ${change.status}, with the setting ${revokes}`, async () => {
    await using store = createMemoryStore();
    await storeVerification(store, createStarted(change));

    const { revoked } = await runPublish(store, { revokes });

    assert.deepEqual(revoked, expected);
  });
}

Deno.test("handlePublish() commits nothing if the record changed during the write", async () => {
  await using store = createMemoryStore();
  await storeVerification(store, createStarted(VERIFIED));

  const { result } = await runPublish(store);
  await store.commit({
    sets: [{ key: verificationKey(IDENTITY_ID), value: createStarted(REJECTED) }],
  });

  assert(result.kind === "again");
  assert.equal(await store.commit(result.write ?? {}), false);
});
