// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { callBack, countJumioCalls, registerPerson } from "../tests/support/callbacks.ts";
import { createTestContext } from "../tests/support/context.ts";

const MINUTE = 60_000;

for (
  const [outcome, status, verdict] of [
    ["passed", "verified", "PASSED"],
    ["warning", "review", "WARNING"],
    ["rejected", "rejected", "FAILED"],
    ["abandoned", "expired", null],
    ["link_expired", "expired", null],
    ["inconclusive", "pending", null],
  ] as const
) {
  Deno.test(`a callback with the outcome ${outcome} leads to the status ${status} on the identity`, async () => {
    await using service = await createTestContext();
    const { identityId, execution } = await registerPerson(service);

    const deliveries = await service.jumio.finish(execution.id, outcome);
    await service.drain();

    assert.deepEqual(deliveries, [{ status: 200 }]);
    const metadata = service.metadata(identityId);
    assert.deepEqual([metadata["status"], metadata["verdict"]], [status, verdict]);
    assert.equal(metadata["decided_at"] !== null, verdict !== null);
    assert.equal((await service.signIn()).status, status === "rejected" ? 400 : 200);
  });
}

Deno.test("a callback costs one call to Jumio and two to Kratos; repeated callbacks cost none", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registerPerson(service);
  service.kratos.identities.get(identityId);
  const before = { jumio: service.jumio.calls.length, kratos: service.kratos.calls.length };
  service.jumio.faults.callbacks = "repeat";

  await service.jumio.finish(execution.id, "passed");
  await service.drain();
  const late = await callBack(service, { execution });
  await service.advance(MINUTE);
  await service.advance(60 * MINUTE);

  assert.deepEqual(late, { status: 200, body: { outcome: "duplicate" } });
  assert.deepEqual(service.jumio.calls.slice(before.jumio).map(({ method }) => method), ["GET"]);
  assert.deepEqual(service.kratos.calls.slice(before.kratos).map(({ method }) => method), [
    "PATCH",
    "GET",
  ]);
});

Deno.test("a callback without a result at Jumio settles nothing", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registerPerson(service);

  const early = await callBack(service, { execution });
  await service.drain();
  const afterEarly = service.metadata(identityId)["status"];
  await service.jumio.finish(execution.id, "rejected");
  await service.advance(5_000);

  assert.equal(early.body["outcome"], "accepted");
  assert.equal(afterEarly, "pending");
  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("an execution is read again on schedule until Jumio has its details", async () => {
  await using service = await createTestContext({ jumio: { detailsDelayMs: 2_500 } });
  const { identityId, execution } = await registerPerson(service);

  await service.jumio.finish(execution.id, "passed");
  await service.drain();
  const atOnce = service.metadata(identityId)["status"];
  await service.advance(1_000);
  await service.advance(2_000);

  assert.equal(atOnce, "pending");
  assert.equal(service.metadata(identityId)["status"], "verified");
});

for (const fault of ["isDown", "isRubbish"] as const) {
  Deno.test(`no verdict is lost if Jumio ${fault} for a minute`, async () => {
    await using service = await createTestContext();
    const { identityId, execution } = await registerPerson(service);

    await service.jumio.finish(execution.id, "passed");
    service.jumio.faults[fault] = true;
    for (let turn = 0; turn < 6; turn++) await service.advance(10_000);
    service.jumio.faults[fault] = false;
    await service.advance(MINUTE);

    assert.equal(service.metadata(identityId)["status"], "verified");
  });
}

Deno.test("no verdict is lost if Kratos is down for a minute", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registerPerson(service);
  service.kratos.faults.isAdminDown = true;

  await service.jumio.finish(execution.id, "rejected");
  for (let turn = 0; turn < 6; turn++) await service.advance(10_000);
  service.kratos.faults.isAdminDown = false;
  await service.advance(MINUTE);

  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal(countJumioCalls(service, "GET"), 1);
});

Deno.test("a verdict is written again if another writer has overwritten it", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registerPerson(service);
  service.kratos.faults.losesNextPatch = true;

  await service.jumio.finish(execution.id, "rejected");
  await service.drain();
  const undone = service.metadata(identityId)["status"];
  await service.advance(MINUTE);

  assert.equal(undone, "pending");
  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("an execution is settled although Ory has deleted its identity", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registerPerson(service);
  await (await service.kratos.fetch(
    new Request(`http://kratos:4434/admin/identities/${identityId}`, { method: "DELETE" }),
  )).body?.cancel();

  await service.jumio.finish(execution.id, "passed");
  await service.drain();
  await service.advance(60 * MINUTE);

  const patches = service.kratos.calls.filter(({ method }) => method === "PATCH");
  assert.equal(patches.at(-1)?.status, 404);
  assert.equal(patches.length, 2);
  assert.equal((await callBack(service, { execution })).body["outcome"], "duplicate");
});

Deno.test("a verdict changes no other key of the identity's metadata", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registerPerson(service);
  const identity = service.kratos.identities.get(identityId);
  assert(identity);
  Object.assign(Object(identity["metadata_public"]), { plan: "gold" });

  await service.jumio.finish(execution.id, "passed");
  await service.drain();

  const metadata = Object(service.kratos.identities.get(identityId)?.["metadata_public"]);
  assert.deepEqual([metadata.plan, metadata.jumio.status], ["gold", "verified"]);
});

Deno.test("a rejection ends the person's sessions with REVOKE_SESSIONS_ON_REJECTION", async () => {
  await using service = await createTestContext({
    env: { "REVOKE_SESSIONS_ON_REJECTION": "true" },
  });
  const { identityId, execution } = await registerPerson(service);

  await service.jumio.finish(execution.id, "rejected");
  await service.drain();

  const calls = service.kratos.calls.map(({ method, path, status }) =>
    `${method} ${path} ${status}`
  );
  assert.equal(calls.at(-1), `DELETE /admin/identities/${identityId}/sessions 204`);
});
