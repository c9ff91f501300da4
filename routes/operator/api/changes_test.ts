import assert from "node:assert/strict";
import { executionKey } from "../../../lib/verification/executions.ts";
import type { TestContext } from "../../../tests/support/context.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
  secretIdOf,
} from "../../../tests/support/operator_api.ts";

async function readActions(service: TestContext, identityId: string): Promise<unknown[]> {
  const { body } = await callOperator(service, `verifications/${identityId}/timeline`);
  return body.events.filter(({ event }: { event: string }) => event === "operator")
    .map(({ at: _, event: __, ...details }: Record<string, unknown>) => details);
}

/** A person who has registered while the service was down. */
async function forgotten(service: TestContext, email?: string): Promise<string> {
  const after = { after: {} };
  const flows = { registration: after, login: after, recovery: after };
  service.kratos.configure({ selfservice: { flows } });
  return await service.register(email);
}

for (const status of ["verified", "rejected"] as const) {
  Deno.test(`operatorDecide() settles a review as ${status}, and the verdict stays`, async () => {
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
      "secret_id": secretIdOf(service),
    }]);
  });
}

for (const outcome of [undefined, "passed", "rejected", "link_expired", "inconclusive"] as const) {
  Deno.test(`operatorDecide() decides nothing after ${outcome ?? "a start"}: it is no review`, async () => {
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

Deno.test("operatorDecide() decides a review once", async () => {
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
  Deno.test(`operatorRestart() leads from ${outcome} to pending, by a new execution on the account`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, { outcome });
    await service.advance(60_000);

    const answer = await callOperator(service, `verifications/${identityId}/restart`, { body: {} });
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

Deno.test("operatorRestart() leaves a rejection in place until there is a new execution", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  service.jumio.faults.isDown = true;

  await callOperator(service, `verifications/${identityId}/restart`, { body: {} });
  await service.drain();

  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal((await service.signIn()).status, 400);
});

for (const outcome of [undefined, "passed"] as const) {
  Deno.test(`operatorRestart() restarts nothing after ${outcome ?? "a start"}`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, outcome === undefined ? {} : { outcome });
    await service.advance(60_000);

    const answer = await callOperator(service, `verifications/${identityId}/restart`, { body: {} });
    await service.drain();

    assert.equal(answer.status, 409);
    assert.equal(service.jumio.executions.length, 1);
  });
}

Deno.test("operatorRefresh() reads back now what would be polled later", async () => {
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

Deno.test("operatorStart() starts for an identity that has none, and no second time", async () => {
  await using service = await createOperatedContext();
  const identityId = await forgotten(service);

  const first = await callOperator(service, `verifications/${identityId}/start`, { body: {} });
  const second = await callOperator(service, `verifications/${identityId}/start`, { body: {} });
  await service.drain();

  assert.deepEqual([first.status, second.status], [200, 409]);
  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("operatorStart() starts nothing for an identity that Ory does not know", async () => {
  await using service = await createOperatedContext();

  const path = `verifications/${crypto.randomUUID()}/start`;
  const answer = await callOperator(service, path, { body: {} });

  assert.equal(answer.status, 404);
  assert.deepEqual(await service.store.list({ prefix: ["verification"] }, { limit: 1 }), []);
});

Deno.test("operatorStart() makes no second account where Ory names one that we have lost", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  await service.store.commit({ deletes: [["verification", identityId]] });

  const answer = await callOperator(service, `verifications/${identityId}/start`, { body: {} });

  assert.equal(answer.status, 409);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("operatorStartMissing() only counts, unless it is told otherwise", async () => {
  await using service = await createOperatedContext();
  const known = await createPerson(service);
  const missing = await forgotten(service, "bob@example.com");

  const { body } = await callOperator(service, "start-missing", { body: {} });
  await service.drain();

  assert.deepEqual(body, {
    "dry_run": true,
    "looked_at": 2,
    "missing": [missing],
    "started": 0,
    "next_page_token": null,
  });
  assert.equal(service.jumio.executions.length, 1);
  assert.notEqual(known, missing);
});

Deno.test("operatorStartMissing() starts all over its pages, at the pace of the account", async () => {
  await using service = await createOperatedContext();
  await createPerson(service);
  for (const name of ["bob", "cyd", "dan"]) await forgotten(service, `${name}@example.com`);
  let started = 0;
  let token: string | null | undefined;

  while (token !== null) {
    const page = { "dry_run": false, "page_size": 2, ...(token ? { "page_token": token } : {}) };
    const { body } = await callOperator(service, "start-missing", { body: page });
    started += body.started;
    token = body["next_page_token"];
  }

  assert.equal(started, 3);
  for (let second = 0; second < 5; second++) await service.advance(1_000);
  assert.equal(service.jumio.executions.length, 4);
  const again = await callOperator(service, "start-missing", { body: { "dry_run": false } });
  assert.deepEqual(again.body.missing, []);
});

Deno.test("operatorStartMissing() takes up who was pending when KV was lost, and the verdict comes", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  const [execution] = service.jumio.executions;
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(execution?.id ?? "", "rejected");
  await forgetEverything(service);

  const { body } = await callOperator(service, "start-missing", { body: { "dry_run": false } });
  await service.drain();

  assert.deepEqual([body.missing, body.started], [[identityId], 1]);
  assert.equal(service.metadata(identityId)["status"], "rejected");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("operatorStartMissing() leaves whoever was decided about as they are", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  await forgetEverything(service);

  const { body } = await callOperator(service, "start-missing", { body: { "dry_run": false } });
  await service.drain();

  assert.deepEqual(body.missing, []);
  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("operatorStartMissing() leaves whoever was erased in peace", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(60_000);
  Object(service.kratos.identities.get(identityId))["metadata_public"] = null;

  const { body } = await callOperator(service, "start-missing", { body: { "dry_run": false } });

  assert.deepEqual([body["looked_at"], body.missing], [1, []]);
});

Deno.test("operatorReconcile() polls now what nobody has called back", async () => {
  await using service = await createOperatedContext();
  service.jumio.faults.callbacks = "drop";
  const people = [];
  for (const name of ["ada", "bob", "cyd"]) {
    people.push(await service.register(`${name}@example.com`));
    await service.advance(1_000);
  }
  await service.advance(3 * 3_600_000);
  for (const { id } of service.jumio.executions) await service.jumio.finish(id, "passed");
  service.clock.now += 700_000;

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

Deno.test("operatorReconcile() leaves alone what was polled a moment ago", async () => {
  await using service = await createOperatedContext();
  await createPerson(service);
  await service.advance(3 * 3_600_000);
  const calls = service.jumio.calls.length;

  const { body } = await callOperator(service, "reconcile", { body: {} });
  await service.drain();

  assert.deepEqual([body["looked_at"], body["brought_forward"]], [1, 0]);
  assert.equal(service.jumio.calls.length, calls);
});

Deno.test("operatorRestart() restarts long after the execution's own record has ended", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const [execution] = service.jumio.executions;
  await service.store.commit({ deletes: [executionKey(execution?.id ?? "")] });

  const answer = await callOperator(service, `verifications/${identityId}/restart`, { body: {} });

  assert.equal(answer.status, 200);
});

Deno.test("operatorStart() begins anew with an identity that was erased", async () => {
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

/** What a KV that was lost leaves: nothing. */
async function forgetEverything({ store }: TestContext): Promise<void> {
  const rows = await store.list({ prefix: [] }, { limit: 100 });
  await store.commit({ deletes: rows.map(({ key }) => key) });
}
