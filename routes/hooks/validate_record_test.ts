// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Store } from "../../lib/kv/store.ts";
import type { Verification } from "../../lib/verification/rows.ts";
import { tombstoneKey, verificationKey } from "../../lib/verification/rows.ts";
import { registerPerson } from "../../tests/support/callbacks.ts";
import { createTestContext, type TestContext } from "../../tests/support/context.ts";
import { createFlakyStore } from "../../tests/support/flaky_store.ts";
import { createMemoryStore } from "../../tests/support/memory_store.ts";
import { writeJumio, writeMetadataPublic } from "../../tests/support/metadata.ts";
import { restoreStore } from "../../tests/support/store_copy.ts";

const MINUTE = 60_000;

/** Registers a person whom Jumio decides about. The confirming read is over. */
async function registerDecided(
  service: TestContext,
  outcome: "passed" | "rejected",
): Promise<string> {
  const { identityId, execution } = await registerPerson(service);
  await service.jumio.finish(execution.id, outcome);
  await service.drain();
  await service.advance(2 * MINUTE);
  return identityId;
}

async function readStatus(service: TestContext, identityId: string): Promise<string | undefined> {
  return (await service.store.get<Verification>(verificationKey(identityId))).value?.status;
}

const LOST: readonly [how: string, metadataPublic: unknown][] = [
  ["lost", null],
  ["a string", "overwritten"],
  ["a list", ["overwritten"]],
  ["put back to pending", { jumio: { status: "pending" } }],
  ["put back to verified", { jumio: { status: "verified", verdict: "PASSED" } }],
];
for (const [how, value] of LOST) {
  Deno.test(`validate refuses a rejected person whose metadata is ${how}, and the metadata heals`, async () => {
    await using service = await createTestContext();
    const identityId = await registerDecided(service, "rejected");
    const before = service.metadata(identityId);
    await writeMetadataPublic(service, { identityId, value });

    const jumio = Object(value).jumio ?? null;
    const response = await service.hook("/jumio/validate", { "identity_id": identityId, jumio });
    const { messages: [{ messages: [message] }] } = await response.json();

    assert.equal(response.status, 403);
    assert.match(message.text, /could not be verified/);
    await service.drain();
    assert.deepEqual(service.metadata(identityId), before);
  });
}

Deno.test("validate lets in a verified person whose metadata was put back to rejected at the second try", async () => {
  await using service = await createTestContext();
  const identityId = await registerDecided(service, "passed");
  const jumio = { ...service.metadata(identityId), status: "rejected", verdict: "FAILED" };
  await writeJumio(service, { identityId, jumio });

  assert.equal((await service.signIn()).status, 400);
  await service.drain();

  assert.equal((await service.signIn()).status, 200);
});

Deno.test("validate calls no upstream before its answer", async () => {
  await using service = await createTestContext();
  const identityId = await registerDecided(service, "rejected");
  const calls = service.kratos.calls.length;

  for (const jumio of [null, { status: "rejected" }]) {
    await (await service.hook("/jumio/validate", { "identity_id": identityId, jumio })).body
      ?.cancel();

    assert.equal(service.kratos.calls.length, calls);
  }
});

Deno.test("validate compares an identity at most once a minute", async () => {
  await using service = await createTestContext();
  const identityId = await registerDecided(service, "rejected");
  const validate = async () => {
    const jumio = { status: "review" };
    const body = { "identity_id": identityId, jumio };
    await (await service.hook("/jumio/validate", body)).body?.cancel();
    const before = service.kratos.calls.length;
    await service.drain();
    return service.kratos.calls.length - before;
  };

  const reads = [await validate(), await validate()];
  await service.moveClock(MINUTE);
  reads.push(await validate());

  assert.deepEqual(reads, [1, 0, 1]);
});

Deno.test("validate lets in by the metadata alone while KV is down, and says so", async () => {
  const store = createFlakyStore();
  await using service = await createTestContext({ store });
  const identityId = await registerDecided(service, "rejected");
  store.isDown = true;

  const answers = [];
  for (const jumio of [{ status: "pending" }, { status: "rejected" }]) {
    const response = await service.hook("/jumio/validate", { "identity_id": identityId, jumio });
    await response.body?.cancel();
    answers.push(response.status);
  }

  assert.deepEqual(answers, [200, 403]);
  const unchecked = service.lines.map((line) => JSON.parse(line))
    .filter(({ reason }) => reason === "record_unavailable");
  assert.deepEqual(unchecked.map(({ level }) => level), ["warn"]);
  store.isDown = false;
});

Deno.test("validate waits for KV only for a moment", async () => {
  const memory = createMemoryStore();
  const hung: Store = { ...memory, get: () => new Promise(() => {}) };
  let askedMs = 0;
  await using service = await createTestContext({
    store: hung,
    setDeadline(callback, delayMs) {
      // The body has its own deadline, which is longer.
      if (delayMs < 1_000) {
        askedMs = delayMs;
        callback();
      }
      return () => {};
    },
  });

  const response = await service.hook("/jumio/validate", {
    "identity_id": crypto.randomUUID(),
    jumio: { status: "pending" },
  });
  await response.body?.cancel();

  assert.equal(response.status, 200);
  // A shared deadline is late by up to 200 ms.
  assert(askedMs > 0 && askedMs + 200 <= 250, `${askedMs} ms`);
});

Deno.test("validate adopts a rejected identity whose record was lost", async () => {
  await using service = await createTestContext();
  const identityId = await registerDecided(service, "rejected");
  await restoreStore(service.store);

  assert.equal((await service.signIn()).status, 400);
  await service.drain();

  assert.equal(await readStatus(service, identityId), "rejected");
});

Deno.test("validate does not bring an erased identity back", async () => {
  await using service = await createTestContext();
  const identityId = await registerDecided(service, "rejected");
  await restoreStore(service.store);
  await service.store.commit({ sets: [{ key: tombstoneKey(identityId), value: { v: 1 } }] });

  assert.equal((await service.signIn()).status, 400);
  await service.drain();

  assert.equal(await readStatus(service, identityId), undefined);
});

Deno.test("a rejected identity gets no second chance if KV is lost and its metadata was copied to another", async () => {
  await using service = await createTestContext();
  const { identityId: other } = await registerPerson(service, "other@example.com");
  await service.advance(MINUTE); // the next start has its turn
  const identityId = await registerDecided(service, "rejected");
  const jumio = service.metadata(identityId);
  await restoreStore(service.store);
  await writeJumio(service, { identityId: other, jumio });

  await service.hook("/jumio/validate", { "identity_id": other, jumio });
  await service.drain();
  await service.follow(identityId);
  await service.drain();

  assert.equal(await readStatus(service, identityId), "rejected");
  assert.equal(service.jumio.executions.length, 2);
});
