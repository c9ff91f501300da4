// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../../tests/support/context.ts";
import { callOperator, createOperatedContext } from "../../../tests/support/operator_api.ts";
import { createPerson, readActions } from "../../../tests/support/operator_api.ts";
import { EVENTS_ENV } from "../../../tests/support/receiver.ts";

const SECOND = 1_000;
const HOUR = 3_600_000;

/** A service whose application answers this to every event. */
async function createAnswered(status: number): Promise<TestContext> {
  const service = await createOperatedContext({ env: EVENTS_ENV });
  service.receiver.answer = () => new Response(null, { status });
  return service;
}

/** Lets all deliveries fail until they are given up, then accepts them. */
async function giveUpEvents(service: TestContext): Promise<void> {
  for (let hour = 0; hour < 160; hour++) await service.advance(HOUR);
  service.receiver.answer = () => new Response();
}

function statusesOf({ receiver }: TestContext, from: number): string[] {
  return receiver.deliveries.slice(from).map(({ event }) => event.data.status);
}

Deno.test("events/resume delivers what was kept, in order", async () => {
  await using service = await createAnswered(410);
  await createPerson(service, { outcome: "passed" });
  const paused = await callOperator(service, "status");
  service.receiver.answer = () => new Response();
  const before = service.receiver.deliveries.length;

  const { body } = await callOperator(service, "events/resume", { body: {} });
  await service.drain();
  await service.advance(2 * SECOND);

  assert.equal(paused.body["events_paused_at"], "2026-05-04T09:00:00.000Z");
  assert.equal(paused.body.queues.notify.waiting, 2);
  assert.deepEqual(body, { outcome: "resumed" });
  assert.deepEqual(statusesOf(service, before), ["pending", "verified"]);
  const after = await callOperator(service, "status");
  assert.deepEqual([after.body["events_paused_at"], after.body.queues.notify.waiting], [null, 0]);
});

Deno.test("events/resume says that nothing was paused", async () => {
  await using service = await createAnswered(200);

  const { status, body } = await callOperator(service, "events/resume", { body: {} });

  assert.deepEqual([status, body], [200, { outcome: "not_paused" }]);
});

Deno.test("events/replay delivers the events again that were given up, in order", async () => {
  await using service = await createAnswered(500);
  const identityId = await createPerson(service, { outcome: "passed" });
  await giveUpEvents(service);
  const before = service.receiver.deliveries.length;

  const body = { since: "2026-05-04T00:00:00Z" };
  const answer = await callOperator(service, "events/replay", { body });
  await service.drain();
  await service.advance(2 * SECOND);

  assert.deepEqual(answer.body, { "looked_at": 2, "replayed": 2, "next_cursor": null });
  assert.deepEqual(statusesOf(service, before), ["pending", "verified"]);
  const actions = await readActions(service, identityId);
  assert.deepEqual(Object(actions[0]).action, "replay");
});

Deno.test("events/replay leaves out what happened before `since`", async () => {
  await using service = await createAnswered(500);
  await createPerson(service);
  await giveUpEvents(service);

  const { body } = await callOperator(service, "events/replay", {
    body: { since: "2026-05-05T00:00:00Z" },
  });

  assert.deepEqual(body, { "looked_at": 1, "replayed": 0, "next_cursor": null });
  const status = await callOperator(service, "status");
  assert.equal(status.body["dead_letters"].count, 1);
});

Deno.test("events/replay refuses a body without a time", async () => {
  await using service = await createAnswered(200);

  const { status, body } = await callOperator(service, "events/replay", { body: {} });

  assert.equal(status, 400);
  assert.match(body.detail, /since/);
});

Deno.test("a single event that was given up can be replayed like any other dead letter", async () => {
  await using service = await createAnswered(500);
  await createPerson(service);
  await giveUpEvents(service);
  const { body } = await callOperator(service, "dead-letters");
  const [letter] = body["dead_letters"];
  const before = service.receiver.deliveries.length;

  await callOperator(service, `dead-letters/notify/${letter.id}/replay`, { body: {} });
  await service.drain();

  assert.deepEqual([letter.kind, letter.reason], ["notify", "receiver_status"]);
  assert.deepEqual(statusesOf(service, before), ["pending"]);
});
