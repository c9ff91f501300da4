// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext } from "../../tests/support/context.ts";
import { importIdentities } from "../../tests/support/imported.ts";
import { writeJumio } from "../../tests/support/metadata.ts";
import { PAUSED_STARTS_KEY } from "../../lib/verification/held_starts.ts";
import { verificationKey } from "../../lib/verification/rows.ts";

const DECIDED = { status: "rejected", verdict: "FAILED" };
const STARTED = {
  status: "pending",
  "account_id": "6f0c2f0e-5b1d-4c7e-9a53-1f2f6c1f7a10",
  "workflow_execution_id": "a2b7c9d4-3e61-4f0b-8c27-90d1b6a4e522",
};
for (const [what, jumio] of [["a decision", DECIDED], ["an execution", STARTED]] as const) {
  Deno.test(`initiate adopts an identity whose hook carries ${what}, and starts nothing`, async () => {
    await using service = await createTestContext();
    const [identityId = ""] = await importIdentities(service, 1);
    await writeJumio(service, { identityId, jumio });

    const response = await service.hook("/jumio/initiate", { "identity_id": identityId, jumio });
    await service.drain();

    assert.deepEqual(await response.json(), { "identity_id": identityId, status: "pending" });
    assert.deepEqual(service.jumio.executions, []);
    assert.deepEqual(service.metadata(identityId), jumio);
  });
}

Deno.test("initiate starts nothing for an identity with a decision, although its hook does not carry it", async () => {
  await using service = await createTestContext();
  const [identityId = ""] = await importIdentities(service, 1);
  await writeJumio(service, { identityId, jumio: DECIDED });

  const response = await service.hook("/jumio/initiate", {
    "identity_id": identityId,
    jumio: null,
  });
  await response.body?.cancel();
  await service.drain();

  assert.deepEqual(service.jumio.executions, []);
  assert.deepEqual(service.metadata(identityId), DECIDED);
});

Deno.test("a start that has to wait publishes no pending over a decision", async () => {
  await using service = await createTestContext();
  const [identityId = ""] = await importIdentities(service, 1);
  await writeJumio(service, { identityId, jumio: DECIDED });
  await service.store.commit({ sets: [{ key: PAUSED_STARTS_KEY, value: { v: 1 } }] });

  const response = await service.hook("/jumio/initiate", { "identity_id": identityId });
  await response.body?.cancel();
  await service.advance(60_000);

  assert.deepEqual(service.metadata(identityId), DECIDED);
});

const FORGED: readonly [outcome: "passed" | undefined, jumio: Record<string, unknown>][] = [
  [undefined, { status: "verified", verdict: "PASSED" }],
  ["passed", { status: "rejected", "decided_at": "2099-01-01T00:00:00.000Z" }],
];
for (const [outcome, jumio] of FORGED) {
  Deno.test(`a hook whose body claims ${jumio["status"]} does not make anybody ${jumio["status"]}`, async () => {
    await using service = await createTestContext();
    const identityId = await service.register();
    const [execution] = service.jumio.executions;
    if (outcome !== undefined) await service.jumio.finish(execution?.id ?? "", outcome);
    await service.advance(120_000);
    const { value: before } = await service.store.get(verificationKey(identityId));

    const response = await service.hook("/jumio/initiate", { "identity_id": identityId, jumio });
    await response.body?.cancel();
    await service.advance(120_000);

    assert.deepEqual((await service.store.get(verificationKey(identityId))).value, before);
  });
}

Deno.test("initiate starts nothing for an id that Ory does not know", async () => {
  await using service = await createTestContext();

  const response = await service.hook("/jumio/initiate", { "identity_id": crypto.randomUUID() });
  await service.drain();

  assert.equal(response.status, 200);
  await response.body?.cancel();
  assert.deepEqual(service.jumio.executions, []);
});
