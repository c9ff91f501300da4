// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../tests/support/context.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../../tests/support/operator_api.ts";
import { EVENTS_ENV } from "../../tests/support/receiver.ts";

const DAY = 86_400_000;
const ENV = { "VERIFICATION_VALID_DAYS": "365", ...EVENTS_ENV };

/** Empties KV, as after a restore of nothing. */
async function loseKv({ store }: TestContext): Promise<void> {
  for (;;) {
    const rows = await store.list({ prefix: [] }, { limit: 100 });
    if (rows.length === 0) return;
    await store.commit({ deletes: rows.map(({ key }) => key) });
  }
}

async function sweep(service: TestContext): Promise<void> {
  await callOperator(service, "sweep", { body: {} });
  for (let step = 0; step < 10; step++) await service.advance(10_000);
}

function endingsOf({ receiver }: TestContext): readonly unknown[] {
  return receiver.deliveries.map(({ event }) => event)
    .filter(({ type }) => type === "verification.ending");
}

Deno.test("the application is told 30 days before the end, once, and of the end with its detail", async () => {
  await using service = await createOperatedContext({ env: ENV });
  const identityId = await createPerson(service, { outcome: "passed" });
  const validUntil = service.metadata(identityId)["valid_until"];

  for (let day = 0; day < 334; day++) await service.advance(DAY);
  assert.deepEqual(endingsOf(service), []);
  for (let day = 334; day < 364; day++) await service.advance(DAY);
  const before = service.receiver.deliveries.map(({ event }) => event);
  for (let day = 364; day < 367; day++) await service.advance(DAY);

  const [ending, ...others] = endingsOf(service) as { data: Record<string, unknown> }[];
  assert.deepEqual(others, []);
  assert.deepEqual(
    [ending?.data["status"], ending?.data["valid_until"]],
    ["verified", validUntil],
  );
  assert.equal(before.at(-1)?.type, "verification.ending");
  const last = service.receiver.deliveries.at(-1)?.event;
  assert.deepEqual([last?.type, last?.data.status, last?.data["previous_status"]], [
    "verification.changed",
    "expired",
    "verified",
  ]);
  assert.equal(last?.data.detail, "validity_ended");
  assert((last?.data.sequence ?? 0) > Number(ending?.data["sequence"]));
});

Deno.test("after a loss of KV the sweep ends a verification by the identity's own valid_until", async () => {
  await using service = await createOperatedContext({ env: ENV });
  const identityId = await createPerson(service, { outcome: "passed" });
  const validUntil = service.metadata(identityId)["valid_until"];
  for (let day = 0; day < 100; day++) await service.advance(DAY);
  await loseKv(service);

  await sweep(service);
  assert.equal(service.metadata(identityId)["status"], "verified");
  assert.equal(service.metadata(identityId)["valid_until"], validUntil);
  for (let day = 100; day < 365; day++) await service.advance(DAY);

  const { status, detail } = service.metadata(identityId);
  assert.deepEqual([status, detail], ["expired", "validity_ended"]);
  assert.equal(endingsOf(service).length, 1);
});

Deno.test("after a loss of KV the sweep ends a verification whose time is over already", async () => {
  await using service = await createOperatedContext({ env: ENV });
  const identityId = await createPerson(service, { outcome: "passed" });
  await loseKv(service);
  await service.moveClock(400 * DAY);

  await sweep(service);

  const { status, detail } = service.metadata(identityId);
  assert.deepEqual([status, detail], ["expired", "validity_ended"]);
});

Deno.test("after a loss of KV the sweep gives no end to a verification that had none", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  await loseKv(service);

  await sweep(service);
  for (let day = 0; day < 800; day++) await service.advance(DAY);

  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("the sweep ends a verification whose job was lost", async () => {
  await using service = await createOperatedContext({ env: ENV });
  const identityId = await createPerson(service, { outcome: "passed" });
  const rows = await service.store.list({ prefix: ["due", "expire"] }, { limit: 10 });
  await service.store.commit({ deletes: rows.map(({ key }) => key) });
  await service.moveClock(366 * DAY);
  await service.drain();
  assert.equal(service.metadata(identityId)["status"], "verified");

  await sweep(service);

  assert.equal(service.metadata(identityId)["status"], "expired");
});
