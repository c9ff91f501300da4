// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { CALLBACK_SECRET, type TestContext } from "../../../tests/support/context.ts";
import {
  callOperator,
  createOperatedContext,
  createPerson,
  secretIdOf,
} from "../../../tests/support/operator_api.ts";

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

function isDeletedAtJumio({ jumio }: TestContext, accountId: string | undefined): boolean {
  return jumio.calls.some(({ method, path, status }) =>
    method === "DELETE" && status === 200 && path.endsWith(`/accounts/${accountId}`)
  );
}

Deno.test("erase keeps only the status on the identity, and deletes everything else", async () => {
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
    .filter((key) => !/^(count|job_count|access_token|rate_limit|upstream)/.test(key));
  assert.deepEqual(left.toSorted(), [
    `create_calls ${identityId}`, // times only, for a day
    `execution ${execution?.id}`,
    `settled ${execution?.id}`,
    `tombstone ${identityId}`,
  ]);
  const named = rows.filter(({ key }) => key[0] === "execution" || key[0] === "settled");
  assert(!JSON.stringify(named).includes(identityId));
  const record = await callOperator(service, `verifications/${identityId}`);
  assert.deepEqual(record.body, {
    "identity_id": identityId,
    "verification": null,
    "executions": [],
    "ory": { "state": "not_compared", "reason": null, "differences": [] },
    "erasure": {
      "requested_at": "2026-05-04T09:00:00.000Z",
      "erased_at": "2026-05-04T09:01:00.000Z",
      "by": "grace",
      "secret_id": await secretIdOf(service),
    },
  });
});

Deno.test("a late hook or callback does not undo an erasure", async () => {
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

Deno.test("erase continues after an upstream was down, and misses no account", async () => {
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

Deno.test("erase removes the ids again after a settings submission has restored them", async () => {
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

Deno.test("erase also deletes the account that a concurrent start creates", async () => {
  await using service = await createOperatedContext();
  service.jumio.faults.isDown = true;
  const identityId = await service.register();
  service.jumio.faults.isDown = false;
  await service.moveClock(1_000);
  const create = service.holdCall("POST", "/accounts");

  const starting = service.drain();
  await create.made;
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  create.release();
  await starting;
  await service.advance(30_000);
  await service.advance(60_000);
  await service.advance(60_000);

  const accounts = new Set(service.jumio.executions.map(({ accountId }) => accountId));
  assert.equal(accounts.size, 1);
  for (const accountId of accounts) assert(isDeletedAtJumio(service, accountId));
  assert.equal(service.metadata(identityId)["account_id"] ?? null, null);
});

Deno.test("erase waits for a running write of the identity", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "passed");
  const patch = service.holdCall("PATCH", `/identities/${identityId}`);
  const writing = service.drain();
  await patch.made;

  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  patch.release();
  await writing;
  const [due] = await service.store.list({ prefix: ["due", "erase"] }, { limit: 1 });
  await service.advance(30_000);

  assert.equal(Number(due?.key[2]) - service.clock.now, 0);
  const metadata = service.metadata(identityId);
  assert.deepEqual([metadata["status"], metadata["account_id"]], ["verified", null]);
});

Deno.test("erase works for an identity that only Ory and Jumio still have", async () => {
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

Deno.test("erase refuses an id that nobody knows", async () => {
  await using service = await createOperatedContext();

  for (const id of [crypto.randomUUID(), "not-an-id"]) {
    const answer = await callOperator(service, `verifications/${id}/erase`, { body: {} });
    assert.equal(answer.status, 404);
  }
  assert.deepEqual(await service.store.list({ prefix: ["tombstone"] }, { limit: 1 }), []);
});

Deno.test("the person's link still works after an erasure and does not undo it", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const link = new URL(String(service.metadata(identityId)["verification_url"]));
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(60_000);

  const token = link.searchParams.get("token") ?? "";
  const response = await service.send("/jumio/verify", {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "origin": "https://kyc.example.com",
    },
    body: new URLSearchParams({ token }).toString(),
  });
  await response.body?.cancel();
  await service.drain();

  assert(response.status < 500);
  assert.deepEqual(await service.store.list({ prefix: ["verification"] }, { limit: 1 }), []);
  assert.equal(service.jumio.executions.length, 1);
  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("erase leaves no job that would renew a link", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);

  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(3_600_000);
  await service.advance(3_600_000);

  assert.deepEqual(await service.store.list({ prefix: ["job"] }, { limit: 10 }), []);
});
