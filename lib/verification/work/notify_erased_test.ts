// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../../tests/support/context.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../../../tests/support/operator_api.ts";
import { EVENTS_ENV } from "../../../tests/support/receiver.ts";

import { VERIFIED_EVENT } from "../../../tests/support/receiver.ts";
import { createStarted, NOW } from "../../../tests/support/verification_rows.ts";
import { requestNotify } from "../requests.ts";
import { type Tombstone, tombstoneKey, verificationKey } from "../rows.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;

async function listEventRows({ store }: TestContext): Promise<Deno.KvKey[]> {
  const rows = await store.list({ prefix: [] }, { limit: 200 });
  return rows.map(({ key }) => key)
    .filter((key) => key.includes("notify") && key[0] !== "job_count");
}

async function erase(service: TestContext, identityId: string): Promise<void> {
  const { status } = await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  assert.equal(status, 200);
}

Deno.test("an erasure deletes undelivered events and their dead letters, and sends nothing", async () => {
  await using service = await createOperatedContext({ env: EVENTS_ENV });
  service.receiver.answer = () => new Response(null, { status: 500 });
  const identityId = await createPerson(service);
  for (let hour = 0; hour < 90; hour++) await service.advance(HOUR);
  const [execution] = service.jumio.executions;
  await service.jumio.finish(execution?.id ?? "", "passed");
  await service.drain();
  const before = (await listEventRows(service)).map(([table]) => table);
  const sent = service.receiver.deliveries.length;

  await erase(service, identityId);
  service.receiver.answer = () => new Response();
  for (let minute = 0; minute < 5; minute++) await service.advance(60 * SECOND);

  assert.deepEqual(before, ["dead_letter", "due", "failing_job", "job"]);
  assert.deepEqual(await listEventRows(service), []);
  assert.equal(service.receiver.deliveries.length, sent);
});

Deno.test("nothing of an erased identity is sent while Jumio keeps its erasure from ending", async () => {
  await using service = await createOperatedContext({ env: EVENTS_ENV });
  service.receiver.answer = () => new Response(null, { status: 500 });
  const identityId = await createPerson(service);
  const sent = service.receiver.deliveries.length;
  service.jumio.faults.isDown = true;

  await erase(service, identityId);
  await service.advance(HOUR);

  assert.equal(service.receiver.deliveries.length, sent);
  assert.deepEqual(await listEventRows(service), []);
});

Deno.test("an identity that is started again after its erasure gets new events, and no old one", async () => {
  await using service = await createOperatedContext({ env: EVENTS_ENV });
  service.receiver.answer = () => new Response(null, { status: 500 });
  const identityId = await createPerson(service, { outcome: "passed" });
  service.kratos.faults.isAdminDown = true;
  await erase(service, identityId);
  service.kratos.faults.isAdminDown = false;
  service.receiver.answer = () => new Response();
  const sent = service.receiver.deliveries.length;

  // The erasure is tried again, and confirmed.
  for (let minute = 0; minute < 4; minute++) await service.advance(60 * SECOND);
  await callOperator(service, `verifications/${identityId}/start`, { body: {} });
  await service.advance(HOUR);

  const events = service.receiver.deliveries.slice(sent).map(({ event }) => event);
  assert.deepEqual(events.map(({ data }) => data.status), ["pending"]);
  const lowest = service.receiver.deliveries.slice(0, sent)
    .map(({ event }) => event.data.sequence);
  assert(events[0] && events[0].data.sequence > Math.max(...lowest));
});

const TOMBSTONE: Tombstone = {
  v: 1,
  requestedAt: NOW,
  by: "grace",
  secretId: "00000000",
  erasedAt: null,
  sequence: VERIFIED_EVENT.data.sequence,
};

for (const isStartedAgain of [false, true]) {
  const name = isStartedAgain ? "that was started again" : "without a record";
  Deno.test(`handleNotify() drops an event from before the erasure of an identity ${name}`, async () => {
    await using service = await createOperatedContext({ env: EVENTS_ENV });
    const { "identity_id": identityId } = VERIFIED_EVENT.data;
    const record = { key: verificationKey(identityId), value: createStarted() };
    const tombstone = { key: tombstoneKey(identityId), value: TOMBSTONE };
    await service.store.commit({ sets: isStartedAgain ? [record, tombstone] : [tombstone] });
    await service.store.commit(requestNotify(VERIFIED_EVENT, { now: NOW }));

    await service.drain();

    assert.deepEqual(service.receiver.deliveries, []);
    assert.deepEqual(await listEventRows(service), []);
  });
}
