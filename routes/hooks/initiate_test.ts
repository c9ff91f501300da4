// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { importIdentities } from "../../tests/support/imported.ts";
import { createTestContext } from "../../tests/support/context.ts";

const MINUTE = 60_000;

Deno.test("initiate starts one execution and publishes it on the identity", async () => {
  await using service = await createTestContext();

  const identityId = await service.register();

  const [execution] = service.jumio.executions;
  assert.equal(service.jumio.executions.length, 1);
  assert.equal(execution?.customerInternalReference, identityId);
  assert.equal(execution?.userReference, identityId);
  const { verification_url: url, ...metadata } = service.metadata(identityId);
  assert.deepEqual(metadata, {
    status: "pending",
    verdict: null,
    "account_id": execution?.accountId,
    "workflow_execution_id": execution?.id,
    "initiated_at": "2026-05-04T09:00:00.000Z",
    "decided_at": null,
    "valid_until": null,
    "detail": null,
  });
  assert.match(String(url), /^https:\/\/kyc\.example\.com\/jumio\/verify\?token=ey/);
});

Deno.test("initiate answers a repeat alike, and starts nothing more", async () => {
  await using service = await createTestContext();
  const body = { "identity_id": await service.register(), "flow_id": null };
  const calls = service.jumio.calls.length;

  const response = await service.hook("/jumio/initiate", body);

  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), {
    "identity_id": body["identity_id"],
    status: "pending",
  });
  await service.advance(MINUTE);
  assert.equal(service.jumio.calls.length, calls);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("initiate creates one account for ten simultaneous hooks", async () => {
  await using service = await createTestContext();
  const [identityId = ""] = await importIdentities(service, 1);

  const responses = await Promise.all(
    Array.from(
      { length: 10 },
      () => service.hook("/jumio/initiate", { "identity_id": identityId.toUpperCase() }),
    ),
  );
  await service.drain();

  for (const response of responses) {
    assert.deepEqual(await response.json(), { "identity_id": identityId, status: "pending" });
  }
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("a registration succeeds while Jumio is down, and its start follows when Jumio is back", async () => {
  await using service = await createTestContext();
  service.jumio.faults.isDown = true;

  const identityId = await service.register();
  const whileDown = service.metadata(identityId);
  service.jumio.faults.isDown = false;
  await service.advance(2_000);

  assert.equal(whileDown["status"], "pending");
  assert.equal(whileDown["workflow_execution_id"], null);
  assert.match(String(whileDown["verification_url"]), /token=/);
  const metadata = service.metadata(identityId);
  assert.equal(metadata["workflow_execution_id"], service.jumio.executions[0]?.id);
});

for (const fault of ["isRubbish", "losesNextAnswer"] as const) {
  Deno.test(`initiate survives Jumio's ${fault}`, async () => {
    await using service = await createTestContext();
    service.jumio.faults[fault] = true;

    const identityId = await service.register();
    service.jumio.faults[fault] = false;
    await service.advance(2_000);

    // The create call whose answer was lost has left a spare one: only the newest is named.
    const last = service.jumio.executions.at(-1);
    assert.equal(service.metadata(identityId)["workflow_execution_id"], last?.id);
    assert(service.jumio.executions.length <= 2);
  });
}

Deno.test("a start waits as long as Jumio's limit asks, and none is lost", async () => {
  await using service = await createTestContext();
  service.jumio.faults.nextStatuses.push(429, 429, 429);

  const identityId = await service.register();
  for (let second = 0; second < 20; second++) await service.advance(1_000);

  assert.equal(service.jumio.executions.length, 1);
  assert.equal(service.metadata(identityId)["status"], "pending");
});

Deno.test("initiate answers a burst immediately, and the starts follow in order, one per second", async () => {
  await using service = await createTestContext();

  const people = await importIdentities(service, 200);
  for (const [index, identityId] of people.entries()) {
    service.clock.now = Date.UTC(2026, 4, 4, 9) + index;
    const response = await service.hook("/jumio/initiate", { "identity_id": identityId });
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }
  const startedAtOnce = service.jumio.executions.length;
  for (let second = 0; second < 205; second++) await service.advance(1_000);

  assert.equal(startedAtOnce, 1);
  assert.deepEqual(service.jumio.executions.map(({ userReference }) => userReference), people);
  const startedAt = service.jumio.executions.map(({ createdAt }) => createdAt);
  const gaps = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? 0));
  assert(gaps.every((gap) => gap >= 1_000), gaps.join());
});

Deno.test("a start that keeps failing does not delay those behind it", async () => {
  await using service = await createTestContext();
  const people = await importIdentities(service, 11);
  service.jumio.faults.failingReferences = people.slice(0, 1);

  for (const identityId of people) {
    const response = await service.hook("/jumio/initiate", { "identity_id": identityId });
    await response.body?.cancel();
  }
  for (let second = 0; second < 20; second++) await service.advance(1_000);

  assert.equal(service.jumio.executions.length, 10);
});

Deno.test("the identity is written when Kratos is back", async () => {
  await using service = await createTestContext();
  service.kratos.faults.isAdminDown = true;

  const identityId = await service.register();
  const whileDown = service.metadata(identityId);
  service.kratos.faults.isAdminDown = false;
  await service.advance(2_000);

  assert.deepEqual(whileDown, {});
  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("initiate answers in time although Jumio hangs", async () => {
  await using service = await createTestContext();
  service.jumio.faults.slowMs = 60_000;

  const response = await service.hook("/jumio/initiate", { "identity_id": crypto.randomUUID() });

  assert.equal(response.status, 200);
  await response.body?.cancel();
  assert.equal(service.jumio.executions.length, 0);
});

Deno.test("a start gets one new token after Jumio has revoked the old one", async () => {
  await using service = await createTestContext();
  await service.register("ada@example.com");
  await service.moveClock(MINUTE);
  service.jumio.revokeTokens();

  await service.register("grace@example.com");

  const paths = service.jumio.calls.slice(2).map(({ path, status }) => `${path} ${status}`);
  assert.deepEqual(paths, ["/api/v1/accounts 401", "/oauth2/token 200", "/api/v1/accounts 200"]);
});

Deno.test("without PUBLIC_URL the identity has Jumio's own link for a day", async () => {
  await using service = await createTestContext({ env: { "PUBLIC_URL": "" } });

  const identityId = await service.register();

  const [execution] = service.jumio.executions;
  assert.equal(service.metadata(identityId)["verification_url"], execution?.href);
  assert.equal(execution?.callbackUrl, undefined);
  assert.equal((execution?.linkExpiresAt ?? 0) - (execution?.createdAt ?? 0), 24 * 60 * MINUTE);
});

Deno.test("the identity has no link if Jumio gives none", async () => {
  const jumio = { hasWebDomain: false };
  await using service = await createTestContext({ env: { "PUBLIC_URL": "" }, jumio });

  const identityId = await service.register();

  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(service.metadata(identityId)["verification_url"], null);
});

Deno.test("starts keep to Jumio's account limit, and every hook is answered immediately", async () => {
  await using service = await createTestContext({ env: { "JUMIO_STARTS_PER_SECOND": "2" } });

  for (let person = 0; person < 5; person++) {
    await service.register(`p${person}@example.com`);
    await service.moveClock(1);
  }
  const atOnce = service.jumio.executions.length;
  await service.advance(500);
  const afterHalfASecond = service.jumio.executions.length;
  for (let turn = 0; turn < 4; turn++) await service.advance(500);

  assert.equal(atOnce, 1);
  assert.equal(afterHalfASecond, 2);
  assert.equal(service.jumio.executions.length, 5);
  const order = [...service.kratos.identities.keys()];
  const started = service.jumio.executions.map(({ userReference }) => userReference);
  assert.deepEqual(started, order);
});
