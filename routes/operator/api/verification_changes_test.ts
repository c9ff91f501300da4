// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { executionKey } from "../../../lib/verification/executions.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
  readActions,
  registerWithoutHooks,
  secretIdOf,
} from "../../../tests/support/operator_api.ts";

/** The body without which nobody is restarted. */
const CONFIRMED = { confirm: true };

for (const status of ["verified", "rejected"] as const) {
  Deno.test(`decide sets the status ${status} after a review and keeps the verdict`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, { outcome: "warning" });

    const answer = await callOperator(service, `verifications/${identityId}/decide`, {
      body: { status, reason: "second_look" },
    });

    assert.equal(answer.status, 200);
    assert.equal(answer.body.verification.status, status);
    const metadata = service.metadata(identityId);
    assert.deepEqual([metadata["status"], metadata["verdict"]], [status, "WARNING"]);
    assert.equal((await service.signIn()).status, status === "verified" ? 200 : 400);
    assert.deepEqual(await readActions(service, identityId), [{
      action: "decide",
      status,
      reason: "second_look",
      by: "grace",
      "secret_id": await secretIdOf(service),
    }]);
  });
}

for (const outcome of [undefined, "passed", "rejected", "link_expired", "inconclusive"] as const) {
  Deno.test(`decide decides nothing after ${outcome ?? "a start"}, because there is no review`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, outcome === undefined ? {} : { outcome });
    const before = service.metadata(identityId);

    const answer = await callOperator(service, `verifications/${identityId}/decide`, {
      body: { status: "verified", reason: "friend" },
    });
    await service.drain();

    assert.equal(answer.status, 409);
    assert.deepEqual(service.metadata(identityId), before);
    assert.deepEqual(await readActions(service, identityId), []);
  });
}

Deno.test("decide decides a review once", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "warning" });
  const decide = (status: string) =>
    callOperator(service, `verifications/${identityId}/decide`, { body: { status, reason: "x" } });

  const answers = await Promise.all([decide("verified"), decide("rejected")]);
  await service.drain();

  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409]);
  const winner = answers[0]?.status === 200 ? "verified" : "rejected";
  assert.equal(service.metadata(identityId)["status"], winner);
});

for (const outcome of ["rejected", "warning", "link_expired", "inconclusive"] as const) {
  Deno.test(`restart after ${outcome} sets pending, with a new execution on the same account`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, { outcome });
    await service.advance(60_000);

    const answer = await callOperator(service, `verifications/${identityId}/restart`, {
      body: CONFIRMED,
    });
    await service.drain();

    assert.equal(answer.status, 200);
    const [first, second] = service.jumio.executions;
    assert.equal(second?.accountId, first?.accountId);
    const metadata = service.metadata(identityId);
    assert.deepEqual([metadata["status"], metadata["verdict"]], ["pending", null]);
    assert.equal(metadata["decided_at"], null);
    assert.equal(metadata["workflow_execution_id"], second?.id);
    await service.jumio.finish(second?.id ?? "", "passed");
    await service.drain();
    assert.equal(service.metadata(identityId)["status"], "verified");
  });
}

Deno.test("restart keeps a rejection until there is a new execution", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  service.jumio.faults.isDown = true;

  await callOperator(service, `verifications/${identityId}/restart`, { body: CONFIRMED });
  await service.drain();

  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal((await service.signIn()).status, 400);
});

for (const outcome of [undefined, "passed"] as const) {
  Deno.test(`restart restarts nothing after ${outcome ?? "a start"}`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, outcome === undefined ? {} : { outcome });
    await service.advance(60_000);

    const answer = await callOperator(service, `verifications/${identityId}/restart`, {
      body: CONFIRMED,
    });
    await service.drain();

    assert.equal(answer.status, 409);
    assert.equal(service.jumio.executions.length, 1);
  });
}

for (const body of [{}, { confirm: false }]) {
  Deno.test(`restart refuses ${JSON.stringify(body)}, because a rejected person may then sign in`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, { outcome: "rejected" });

    const answer = await callOperator(service, `verifications/${identityId}/restart`, { body });
    await service.drain();

    assert.deepEqual([answer.status, /confirm$/.test(answer.body.detail)], [400, true]);
    assert.equal(service.jumio.executions.length, 1);
    assert.equal(service.metadata(identityId)["status"], "rejected");
  });
}

for (
  const [blocked, canSignIn, status] of [
    ["rejected", true, 200],
    ["rejected,pending", false, 400],
  ] as const
) {
  Deno.test(`restart says whether pending can sign in where ${blocked} is blocked`, async () => {
    const env = { "LOGIN_BLOCKED_STATUSES": blocked };
    await using service = await createOperatedContext({ env });
    const identityId = await createPerson(service, { outcome: "rejected" });
    await service.advance(1_000);

    const path = `verifications/${identityId}/restart`;
    const answer = await callOperator(service, path, { body: CONFIRMED });
    await service.drain();

    assert.equal(answer.body["pending_can_sign_in"], canSignIn);
    assert.equal((await service.signIn()).status, status);
  });
}

Deno.test("restart works after the record of the execution has expired", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const [execution] = service.jumio.executions;
  await service.store.commit({ deletes: [executionKey(execution?.id ?? "")] });

  const answer = await callOperator(service, `verifications/${identityId}/restart`, {
    body: CONFIRMED,
  });

  assert.equal(answer.status, 200);
});

Deno.test("refresh reads an execution now instead of at its next poll", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  service.jumio.faults.callbacks = "drop";
  const [execution] = service.jumio.executions;
  await service.jumio.finish(execution?.id ?? "", "passed");

  const answer = await callOperator(service, `verifications/${execution?.id}/refresh`, {
    body: {},
  });
  await service.drain();

  assert.equal(answer.body.verification.status, "verified");
  assert.equal(service.metadata(identityId)["status"], "verified");
  const again = await callOperator(service, `verifications/${identityId}/refresh`, { body: {} });
  assert.equal(again.status, 409);
});

Deno.test("start starts an identity without a verification, and not a second time", async () => {
  await using service = await createOperatedContext();
  const identityId = await registerWithoutHooks(service);

  const first = await callOperator(service, `verifications/${identityId}/start`, { body: {} });
  const second = await callOperator(service, `verifications/${identityId}/start`, { body: {} });
  await service.drain();

  assert.deepEqual([first.status, second.status], [200, 409]);
  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("start starts nothing for an identity that Ory does not know", async () => {
  await using service = await createOperatedContext();

  const path = `verifications/${crypto.randomUUID()}/start`;
  const answer = await callOperator(service, path, { body: {} });

  assert.equal(answer.status, 404);
  assert.deepEqual(await service.store.list({ prefix: ["verification"] }, { limit: 1 }), []);
});

Deno.test("start creates no second account if Ory has one that our rows lost", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  await service.store.commit({ deletes: [["verification", identityId]] });

  const answer = await callOperator(service, `verifications/${identityId}/start`, { body: {} });

  assert.equal(answer.status, 409);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("start starts an identity again that was erased", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(60_000);

  const answer = await callOperator(service, `verifications/${identityId}/start`, { body: {} });
  await service.drain();

  assert.equal(answer.status, 200);
  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.notEqual(answer.body.erasure, null);
});
