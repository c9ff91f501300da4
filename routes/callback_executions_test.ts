// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  createCallback,
  postCallback,
  readOutcome,
  registerPerson,
  signCallback,
} from "../tests/support/callbacks.ts";
import { createTestContext } from "../tests/support/context.ts";

Deno.test("an execution of another identity by Jumio's record never changes this identity", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registerPerson(service);
  Object.assign(execution, {
    customerInternalReference: crypto.randomUUID(),
    userReference: undefined,
  });

  await service.jumio.finish(execution.id, "passed");
  await service.drain();

  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.match(service.lines.join("\n"), /"level":"error".*read_back_mismatch/);
});

Deno.test("an execution that this service did not start is settled as ignored", async () => {
  await using service = await createTestContext();
  const { identityId, execution } = await registerPerson(service);
  service.jumio.faults.callbacks = "drop";
  // Started by hand in Jumio's portal, with this identity's id as its reference.
  const foreign = { ...execution, id: crypto.randomUUID(), accountId: crypto.randomUUID() };
  Object.assign(service.jumio.executions, { 1: foreign });
  await service.jumio.finish(foreign.id, "passed");
  const body = createCallback(foreign);
  const headers = { "x-jumio-signature": signCallback(body) };

  const first = await postCallback(service, { body, headers });
  await service.advance(40_000);
  await service.advance(40_000);
  const second = await postCallback(service, { body, headers });

  assert.equal(first.body["outcome"], "accepted");
  assert.equal(second.body["outcome"], "duplicate");
  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(await readOutcome(service, foreign.id), "ignored");
});

Deno.test("an execution that the identity does not name is ignored, also after KV was lost", async () => {
  await using before = await createTestContext();
  const { identityId, execution } = await registerPerson(before);
  await using service = await createTestContext();
  const identity = structuredClone(before.kratos.identities.get(identityId));
  assert(identity);
  const foreign = { ...execution, id: crypto.randomUUID(), accountId: crypto.randomUUID() };
  Object.assign(service.jumio.executions, { 0: foreign });
  Object(service.kratos.identities).set(identityId, identity);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(foreign.id, "passed");
  const body = createCallback(foreign);

  await postCallback(service, { body, headers: { "x-jumio-signature": signCallback(body) } });
  await service.advance(40_000);
  await service.advance(40_000);

  assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(await readOutcome(service, foreign.id), "ignored");
});

Deno.test("after KV was lost a callback settles the execution that the identity names", async () => {
  await using before = await createTestContext();
  const { identityId, execution } = await registerPerson(before);
  await using service = await createTestContext();
  const identity = before.kratos.identities.get(identityId);
  assert(identity);
  Object.assign(service.jumio.executions, { 0: execution });
  Object(service.kratos.identities).set(identityId, identity);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(execution.id, "rejected");
  const body = createCallback(execution);

  await postCallback(service, { body, headers: { "x-jumio-signature": signCallback(body) } });
  await service.advance(40_000);

  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("a callback that arrives before the answer to its create call does not settle another execution", async () => {
  await using service = await createTestContext();
  service.jumio.faults.losesNextAnswer = true;
  const identityId = await service.register();
  const [spare] = service.jumio.executions;
  assert(spare);
  await service.jumio.finish(spare.id, "passed");
  await service.drain();

  // Only the execution whose answer arrived counts. The spare one has another result.
  await service.advance(2_000);
  const [, named] = service.jumio.executions;
  assert(named);
  await service.jumio.finish(named.id, "rejected");
  await service.advance(60_000);
  await service.advance(60_000);

  const metadata = service.metadata(identityId);
  assert.equal(metadata["workflow_execution_id"], named.id);
  assert.equal(metadata["status"], "rejected");
});
