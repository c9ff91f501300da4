// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  callOperator,
  createOperatedContext,
  createPerson,
  readActions,
  secretIdOf,
} from "../../../tests/support/operator_api.ts";

const BODY = { reason: "name_changed" };

for (const outcome of ["passed", "warning"] as const) {
  Deno.test(`expire ends a verification after ${outcome}, and the person verifies again on the same account`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, { outcome });

    const answer = await callOperator(service, `verifications/${identityId}/expire`, {
      body: BODY,
    });

    assert.equal(answer.status, 200);
    assert.equal(answer.body.verification.status, "expired");
    const { status, verdict, detail } = service.metadata(identityId);
    assert.deepEqual([status, verdict, detail], ["expired", null, "validity_ended"]);
    assert.deepEqual(await readActions(service, identityId), [
      {
        action: "expire",
        reason: "name_changed",
        by: "grace",
        "secret_id": await secretIdOf(service),
      },
    ]);

    await service.advance(60_000);
    await (await service.follow(identityId)).body?.cancel();
    await service.drain();
    const [first, second] = service.jumio.executions;
    assert.equal(second?.accountId, first?.accountId);
    await service.jumio.finish(second?.id ?? "", "passed");
    await service.drain();
    assert.equal(service.metadata(identityId)["status"], "verified");
  });
}

for (const outcome of [undefined, "rejected", "link_expired", "inconclusive"] as const) {
  Deno.test(`expire ends nothing after ${outcome ?? "a start"}`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, outcome === undefined ? {} : { outcome });
    const before = service.metadata(identityId);

    const answer = await callOperator(service, `verifications/${identityId}/expire`, {
      body: BODY,
    });
    await service.drain();

    assert.equal(answer.status, 409);
    assert.deepEqual(service.metadata(identityId), before);
    assert.deepEqual(await readActions(service, identityId), []);
  });
}

Deno.test("expire needs a reason, which is a code", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });

  for (const body of [{}, { reason: "Ada Lovelace married" }]) {
    const answer = await callOperator(service, `verifications/${identityId}/expire`, { body });
    assert.equal(answer.status, 400);
  }

  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("expire does not let a rejection escape that was on its way", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  const [first] = service.jumio.executions;
  await service.advance(45 * 60_000);
  await (await service.follow(identityId)).body?.cancel();
  await service.drain();
  await service.jumio.finish(service.jumio.executions[1]?.id ?? "", "passed");
  await service.drain();
  assert.equal(service.metadata(identityId)["status"], "verified");

  await callOperator(service, `verifications/${identityId}/expire`, { body: BODY });
  assert.equal(service.metadata(identityId)["status"], "expired");
  await service.jumio.finish(first?.id ?? "", "rejected");
  await service.drain();

  assert.equal(service.metadata(identityId)["status"], "rejected");
});
