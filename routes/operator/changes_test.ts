import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readJob } from "../../lib/jobs.ts";
import type { Outcome } from "../../sandbox/jumio.ts";
import { CALLBACK_SECRET, type TestContext } from "../../tests/support/context.ts";
import { waitUntil } from "../../tests/support/loopback.ts";
import { callOperator, createOperatedContext } from "../../tests/support/operator_api.ts";

/** A person whose visit to Jumio has ended. */
async function createPerson(
  service: TestContext,
  { outcome }: { outcome?: Outcome } = {},
): Promise<string> {
  const identityId = await service.register();
  const execution = service.jumio.executions.at(-1);
  if (outcome !== undefined) await service.jumio.finish(execution?.id ?? "", outcome);
  await service.drain();
  return identityId;
}

/** Signed: the form of a callback that needs no token. */
async function callBack(
  service: TestContext,
  { id, accountId }: { id: string; accountId: string },
): Promise<unknown> {
  const body = JSON.stringify({
    workflowExecution: { id, status: "PROCESSED" },
    account: { id: accountId },
  });
  const signature = createHmac("sha256", CALLBACK_SECRET).update(body).digest("hex");
  const response = await service.send("/jumio/callback", {
    method: "POST",
    headers: { "content-type": "application/json", "x-jumio-signature": signature },
    body,
  });
  return await response.json();
}

async function readActions(service: TestContext, identityId: string): Promise<unknown[]> {
  const { body } = await callOperator(service, `verifications/${identityId}/timeline`);
  return body.events.filter(({ event }: { event: string }) => event === "operator")
    .map(({ at: _, event: __, ...details }: Record<string, unknown>) => details);
}

/** What the test's secret is called in records. */
function secretIdOf({ context }: TestContext): string | undefined {
  return context.config.operatorKeys[0]?.id;
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
  await service.advance(620_000);
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
  service.clock.now += 700_000;
  await service.drain();
  const calls = service.jumio.calls.length;

  const { body } = await callOperator(service, "reconcile", { body: {} });
  await service.drain();

  assert.deepEqual([body["looked_at"], body["brought_forward"]], [1, 0]);
  assert.equal(service.jumio.calls.length, calls);
});

Deno.test("operatorErase() leaves the status on the identity, and nothing else anywhere", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const [execution] = service.jumio.executions;

  const answer = await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(60_000);

  assert.equal(answer.status, 200);
  const metadata = service.metadata(identityId);
  assert.deepEqual(
    [metadata["status"], metadata["verdict"], metadata["account_id"]],
    ["rejected", "FAILED", null],
  );
  assert.deepEqual([metadata["workflow_execution_id"], metadata["verification_url"]], [null, null]);
  assert.equal((await service.signIn()).status, 400);
  assert(isDeletedAtJumio(service, execution?.accountId));
  const rows = await service.store.list({ prefix: [] }, { limit: 1000 });
  const left = rows.map(({ key }) => key.filter((part) => typeof part === "string").join(" "))
    .filter((key) => !/^(count|access_token|pace|upstream)/.test(key));
  assert.deepEqual(left.toSorted(), [`execution ${execution?.id}`, `tombstone ${identityId}`]);
  const named = rows.find(({ key }) => key[0] === "execution");
  assert(!JSON.stringify(named?.value).includes(identityId));
  const record = await callOperator(service, `verifications/${identityId}`);
  assert.deepEqual(record.body, {
    "identity_id": identityId,
    "verification": null,
    "executions": [],
    "erasure": {
      "requested_at": "2026-05-04T09:00:00.000Z",
      "erased_at": "2026-05-04T09:01:00.000Z",
      "by": "grace",
      "secret_id": secretIdOf(service),
    },
  });
});

Deno.test("operatorErase() is not undone by a late hook or callback", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  const [execution] = service.jumio.executions;
  assert(execution);
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(60_000);
  const before = service.metadata(identityId);

  await service.hook("/jumio/initiate", { "identity_id": identityId });
  const signed = await callBack(service, execution);
  const byToken = await service.send(new URL(execution.callbackUrl ?? "").pathname, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  await byToken.body?.cancel();
  for (let hour = 0; hour < 48; hour++) await service.advance(3_600_000);

  assert.deepEqual(signed, { outcome: "duplicate" });
  assert.equal(byToken.status, 401);
  assert.deepEqual(service.metadata(identityId), before);
  assert.equal(service.jumio.executions.length, 1);
  for (const prefix of [["verification"], ["timeline"], ["dead_letter"], ["job"]]) {
    assert.deepEqual(await service.store.list({ prefix }, { limit: 1 }), [], prefix.join());
  }
});

Deno.test("operatorErase() outlasts an upstream that is down, and forgets no account", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "warning" });
  const [execution] = service.jumio.executions;
  service.jumio.faults.isDown = true;
  service.kratos.faults.isAdminDown = true;

  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(5_000);
  service.jumio.faults.isDown = false;
  await service.advance(60_000);
  service.kratos.faults.isAdminDown = false;
  await service.advance(60_000);
  await service.advance(120_000);

  assert(isDeletedAtJumio(service, execution?.accountId));
  assert.equal(service.metadata(identityId)["account_id"], null);
  assert.equal(service.metadata(identityId)["status"], "review");
  const { body } = await callOperator(service, `verifications/${identityId}`);
  assert.notEqual(body.erasure["erased_at"], null);
});

Deno.test("operatorErase() puts the ids away again when a settings submission brought them back", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  service.kratos.faults.losesNextPatch = true;

  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.drain();
  const undone = service.metadata(identityId)["account_id"];
  await service.advance(60_000);
  await service.advance(60_000);

  assert.notEqual(undone, null);
  assert.equal(service.metadata(identityId)["account_id"], null);
});

Deno.test("operatorErase() also deletes the account that a start under way has made meanwhile", async () => {
  await using service = await createOperatedContext();
  service.jumio.faults.isDown = true;
  const identityId = await service.register();
  service.jumio.faults.isDown = false;
  service.jumio.faults.slowMs = 50;
  service.clock.now += 1_000;

  const starting = service.drain();
  await new Promise((resolve) => setTimeout(resolve, 10));
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await starting;
  service.jumio.faults.slowMs = 0;
  await service.advance(30_000);
  await service.advance(60_000);
  await service.advance(60_000);

  const accounts = new Set(service.jumio.executions.map(({ accountId }) => accountId));
  assert.equal(accounts.size, 1);
  for (const accountId of accounts) assert(isDeletedAtJumio(service, accountId));
  assert.equal(service.metadata(identityId)["account_id"] ?? null, null);
});

Deno.test("operatorErase() waits for a write of the identity that is under way", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  service.kratos.faults.adminSlowMs = 300;
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  const writing = service.drain();
  await waitUntil("the write is under way", () => isLeased(service, identityId));

  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await writing;
  const [due] = await service.store.list({ prefix: ["due", "erase"] }, { limit: 1 });
  await service.advance(30_000);

  assert.equal(Number(due?.key[2]) - service.clock.now, 0);
  const metadata = service.metadata(identityId);
  assert.deepEqual([metadata["status"], metadata["account_id"]], ["verified", null]);
});

Deno.test("operatorErase() erases an identity that only Ory and Jumio still know", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  const rows = await service.store.list({ prefix: [] }, { limit: 100 });
  await service.store.commit({ deletes: rows.map(({ key }) => key) });

  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(60_000);

  assert(isDeletedAtJumio(service, service.jumio.executions[0]?.accountId));
  const metadata = service.metadata(identityId);
  assert.deepEqual([metadata["status"], metadata["account_id"]], ["verified", null]);
});

/** A person who has registered while the service was down. */
async function forgotten(service: TestContext, email?: string): Promise<string> {
  const after = { after: {} };
  const flows = { registration: after, login: after, recovery: after };
  service.kratos.configure({ selfservice: { flows } });
  return await service.register(email);
}

async function isLeased({ store }: TestContext, identityId: string): Promise<boolean> {
  const { value } = await readJob(store, { kind: "write", id: identityId });
  return value !== null && value.leaseId !== null;
}

function isDeletedAtJumio({ jumio }: TestContext, accountId: string | undefined): boolean {
  return jumio.calls.some(({ method, path, status }) =>
    method === "DELETE" && status === 200 && path.endsWith(`/accounts/${accountId}`)
  );
}
