// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../../../tests/support/operator_api.ts";

Deno.test("an erasure does not erase what an operator starts before it is complete", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const start = () => callOperator(service, `verifications/${identityId}/start`, { body: {} });
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(2_000);

  const early = await start();
  await service.advance(60_000);
  const late = await start();
  await service.advance(120_000);

  assert.deepEqual([early.status, late.status], [409, 200]);
  assert.match(early.body.detail, /erasure of this identity is not complete/);
  const [, started] = service.jumio.executions;
  const deleted = service.jumio.calls.filter(({ method }) => method === "DELETE");
  assert(deleted.every(({ path }) => !path.endsWith(`/${started?.accountId}`)));
  assert.equal(service.metadata(identityId)["workflow_execution_id"], started?.id);
});

Deno.test("what an erasure leaves on an identity does not count after an operator's start", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  for (let minute = 0; minute < 2; minute++) await service.advance(60_000);
  service.jumio.faults.isDown = true;
  await callOperator(service, `verifications/${identityId}/start`, { body: {} });

  // A sign-in compares the identity, which still says rejected, with the new record.
  await service.signIn();
  await service.drain();
  service.jumio.faults.isDown = false;
  for (let minute = 0; minute < 3; minute++) await service.advance(60_000);
  await service.jumio.finish(service.jumio.executions[1]?.id ?? "", "passed");
  await service.drain();

  assert.equal(service.metadata(identityId)["status"], "verified");
  assert.equal((await service.signIn()).status, 200);
});
