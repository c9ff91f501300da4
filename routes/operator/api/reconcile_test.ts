// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../../../tests/support/operator_api.ts";

Deno.test("reconcile polls executions whose callback did not arrive", async () => {
  await using service = await createOperatedContext();
  service.jumio.faults.callbacks = "drop";
  const people = [];
  for (const name of ["ada", "bob", "cyd"]) {
    people.push(await service.register(`${name}@example.com`));
    await service.advance(1_000);
  }
  await service.advance(3 * 3_600_000);
  for (const { id } of service.jumio.executions) await service.jumio.finish(id, "passed");
  await service.moveClock(700_000);

  const first = await callOperator(service, "reconcile", { body: { limit: 2 } });
  await service.drain();
  const cursor = first.body["next_cursor"];
  const second = await callOperator(service, "reconcile", { body: { limit: 2, cursor } });
  await service.drain();

  const brought = [first, second].map(({ body }) => body["brought_forward"]);
  assert.deepEqual(brought, [2, 1]);
  for (const identityId of people) {
    assert.equal(service.metadata(identityId)["status"], "verified");
  }
});

Deno.test("reconcile skips executions that were polled a moment ago", async () => {
  await using service = await createOperatedContext();
  await createPerson(service);
  await service.advance(3 * 3_600_000);
  const calls = service.jumio.calls.length;

  const { body } = await callOperator(service, "reconcile", { body: {} });
  await service.drain();

  assert.deepEqual([body["looked_at"], body["brought_forward"]], [1, 0]);
  assert.equal(service.jumio.calls.length, calls);
});
