import assert from "node:assert/strict";
import {
  callOperator,
  createOperatedContext,
  createPerson,
  registerWithoutHooks,
} from "../../../tests/support/operator_api.ts";
import { forgetEverything } from "../../../tests/support/person_page.ts";

Deno.test("start-missing only counts by default", async () => {
  await using service = await createOperatedContext();
  const known = await createPerson(service);
  const missing = await registerWithoutHooks(service, "bob@example.com");

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

Deno.test("start-missing starts everyone, page by page, at the rate of the account", async () => {
  await using service = await createOperatedContext();
  await createPerson(service);
  for (const name of ["bob", "cyd", "dan"]) {
    await registerWithoutHooks(service, `${name}@example.com`);
  }
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

Deno.test("start-missing adopts an identity that was pending when KV was lost, and its verdict arrives", async () => {
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

Deno.test("start-missing does not start identities that are decided", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  await forgetEverything(service);

  const { body } = await callOperator(service, "start-missing", { body: { "dry_run": false } });
  await service.drain();

  assert.deepEqual(body.missing, []);
  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("start-missing does not start identities that were erased", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  await callOperator(service, `verifications/${identityId}/erase`, { body: {} });
  await service.advance(60_000);
  Object(service.kratos.identities.get(identityId))["metadata_public"] = null;

  const { body } = await callOperator(service, "start-missing", { body: { "dry_run": false } });

  assert.deepEqual([body["looked_at"], body.missing], [1, []]);
});
