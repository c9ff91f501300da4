// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  continueUnknown,
  createPersonService,
  finishExecution,
  forgetEverything,
  readTitle,
  withoutRegistrationHook,
} from "../../tests/support/person_page.ts";

Deno.test("the button of an unknown identity starts its verification", async () => {
  await using service = await createPersonService({ actions: withoutRegistrationHook() });
  const identityId = await service.register();

  const response = await continueUnknown(service, identityId);
  await service.drain();

  assert.equal(response.headers.get("location"), service.jumio.executions[0]?.href);
  assert.equal(service.metadata(identityId)["status"], "pending");
});

Deno.test("the button after a loss of KV starts nothing for a decided identity", async () => {
  await using service = await createPersonService();
  const identityId = await service.register();
  await finishExecution(service, "rejected");
  await forgetEverything(service);

  const response = await continueUnknown(service, identityId);

  assert.equal(await readTitle(response), "We could not verify your identity");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("the button after a loss of KV keeps an execution that the person has completed", async () => {
  await using service = await createPersonService();
  service.jumio.faults.callbacks = "drop";
  const identityId = await service.register();
  await forgetEverything(service);
  await finishExecution(service, "passed");

  const response = await continueUnknown(service, identityId);
  await service.drain();

  assert.equal(await readTitle(response), "You are verified");
  assert.equal(service.metadata(identityId)["status"], "verified");
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("the button of an identity that Ory does not know starts nothing", async () => {
  await using service = await createPersonService();

  const response = await continueUnknown(service, crypto.randomUUID());

  assert.equal(response.status, 410);
  assert.equal(await readTitle(response), "This account no longer exists");
  assert.equal(service.jumio.calls.length, 0);
});
