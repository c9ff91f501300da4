// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { TestContext } from "../../tests/support/context.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../../tests/support/operator_api.ts";
import { EVENTS_ENV } from "../../tests/support/receiver.ts";
import { type Job, jobKey, jobPrefix } from "../jobs/job.ts";
import { toTimestamp } from "../timestamp.ts";
import { type JobKindName, NOTIFY } from "../verification/job_kinds.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** `next_at` of the events of a kind, in order. Undefined where an event has none. */
async function readNext(
  service: TestContext,
  identityId: string,
  event: string,
): Promise<readonly unknown[]> {
  const { body } = await callOperator(service, `verifications/${identityId}/timeline`);
  return body.events.filter((found: { event: string }) => found.event === event)
    .map((found: Record<string, unknown>) => found["next_at"]);
}

async function dueAtOf(
  { store }: TestContext,
  name: JobKindName,
  id: string,
): Promise<string | null> {
  const { value } = await store.get<{ dueAt: number }>(jobKey({ name }, id));
  return toTimestamp(value?.dueAt ?? null);
}

Deno.test("readIdentityTimeline() says when a failing job is tried again, until it is given up", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  service.kratos.faults.isAdminDown = true;
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  await service.advance(MINUTE);

  const failing = await readNext(service, identityId, "retry");
  const expected = await dueAtOf(service, "publish", identityId);
  for (let hour = 0; hour < 26; hour++) await service.advance(HOUR);
  const buried = await readNext(service, identityId, "retry");

  assert.notEqual(expected, null);
  assert.deepEqual([failing, buried], [[expected], [undefined]]);
});

Deno.test("readIdentityTimeline() says when Jumio is polled next, until the result is there", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  const executionId = service.jumio.executions[0]?.id ?? "";
  for (let hour = 0; hour < 2; hour++) await service.advance(HOUR);

  const later = await readNext(service, identityId, "poll");
  const expected = await dueAtOf(service, "check", executionId);
  await service.jumio.finish(executionId, "passed");
  await service.drain();
  const settled = await readNext(service, identityId, "poll");

  assert.notEqual(expected, null);
  assert.deepEqual([later, settled], [[expected], [undefined]]);
});

Deno.test("readIdentityTimeline() shows no next poll of a check that was given up", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  await service.advance(HOUR);
  service.jumio.faults.isDown = true;

  for (let hour = 0; hour < 80; hour++) await service.advance(HOUR);

  const { body } = await callOperator(service, "dead-letters");
  assert.deepEqual(body["dead_letters"].map(({ kind }: { kind: string }) => kind), ["check"]);
  assert.deepEqual(await readNext(service, identityId, "poll"), [undefined]);
  assert.deepEqual(await readNext(service, identityId, "retry"), [undefined]);
});

Deno.test("readIdentityTimeline() says when an event is delivered next", async () => {
  await using service = await createOperatedContext({ env: EVENTS_ENV });
  service.receiver.answer = () => new Response(null, { status: 500 });
  const identityId = await createPerson(service);
  await service.advance(MINUTE);

  const next = await readNext(service, identityId, "retry");

  const [job] = await service.store.list<Job>({ prefix: jobPrefix(NOTIFY) }, { limit: 1 });
  assert.deepEqual(next, [toTimestamp(job?.value?.dueAt ?? null)]);
});

Deno.test("readIdentityTimeline() tells failures that are over from those that go on", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  service.kratos.faults.isAdminDown = true;
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  await service.advance(MINUTE);
  service.kratos.faults.isAdminDown = false;
  for (let minute = 0; minute < 30; minute++) await service.advance(MINUTE);
  service.kratos.faults.isAdminDown = true;
  const body = { reason: "test" };
  await callOperator(service, `verifications/${identityId}/expire`, { body });
  await service.drain();

  const next = await readNext(service, identityId, "retry");

  assert.deepEqual(next, [undefined, await dueAtOf(service, "publish", identityId)]);
});

Deno.test("readIdentityTimeline() tells the polls of an earlier execution from those of a later", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  await service.advance(HOUR);
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");
  await service.drain();
  await callOperator(service, `verifications/${identityId}/restart`, { body: { confirm: true } });
  await service.advance(HOUR);

  const next = await readNext(service, identityId, "poll");

  const executionId = service.jumio.executions[1]?.id ?? "";
  assert.deepEqual(next, [undefined, await dueAtOf(service, "check", executionId)]);
});
