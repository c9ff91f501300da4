// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createPersonService } from "../tests/support/person_page.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
} from "../tests/support/operator_api.ts";

for (const callbacks of ["deliver", "drop"] as const) {
  Deno.test(`a verdict is not lost if Jumio writes all ids in upper case, callbacks: ${callbacks}`, async () => {
    await using service = await createPersonService();
    Object.assign(service.jumio.faults, { upperCase: true, callbacks });
    const identityId = await service.register();
    const execution = service.jumio.executions[0];

    await service.jumio.finish(execution?.id ?? "", "rejected");
    for (let hour = 0; hour < 3; hour++) await service.advance(3_600_000);

    const metadata = service.metadata(identityId);
    assert.equal(metadata["status"], "rejected");
    assert.equal(metadata["account_id"], execution?.accountId);
    assert.equal(metadata["workflow_execution_id"], execution?.id);
  });
}

Deno.test("a person starts again on the same account if Jumio writes all ids in upper case", async () => {
  await using service = await createPersonService();
  service.jumio.faults.upperCase = true;
  const identityId = await service.register();
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "abandoned");
  await service.advance(5_000);

  await service.follow(identityId);
  await service.advance(5_000);

  const [first, second] = service.jumio.executions;
  assert.equal(second?.accountId, first?.accountId);
  assert.equal(service.metadata(identityId)["workflow_execution_id"], second?.id);
});

Deno.test("an identity whose metadata has ids in upper case does not differ from its record", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  const identity = service.kratos.identities.get(identityId);
  const jumio = service.metadata(identityId);
  for (const field of ["account_id", "workflow_execution_id"]) {
    jumio[field] = String(jumio[field]).toUpperCase();
  }
  Object.assign(identity ?? {}, { metadata_public: { jumio } });

  const { body } = await callOperator(service, `verifications/${identityId}`);

  assert.equal(body.ory.state, "same");
});

Deno.test("the operator's API and page find a person by ids in upper case", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  const executionId = service.jumio.executions[0]?.id ?? "";

  for (const id of [identityId, executionId]) {
    for (const path of ["", "/timeline"]) {
      const { status, body } = await callOperator(
        service,
        `verifications/${id.toUpperCase()}${path}`,
      );
      assert.deepEqual([status, body["identity_id"]], [200, identityId]);
    }
  }
});
