// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { acceptRestart } from "../lib/verification/accept/restart.ts";
import { readOutcome, registerPerson } from "../tests/support/callbacks.ts";
import { createTestContext, type TestContext } from "../tests/support/context.ts";

const MINUTE = 60_000;
const OPERATOR = { name: "grace", secretId: "01234567" };

/** A person who has opened their first execution, and presses again when its link is nearly over. */
async function startTwice(
  service: TestContext,
): Promise<{ identityId: string; first: string; second: string }> {
  const { identityId, execution: { id: first } } = await registerPerson(service);
  await press(service, identityId);
  await service.advance(29 * MINUTE);
  await press(service, identityId);
  const [, second] = service.jumio.executions;
  assert(second);
  return { identityId, first, second: second.id };
}

async function press(service: TestContext, identityId: string): Promise<void> {
  await (await service.follow(identityId)).body?.cancel();
}

async function finish(
  service: TestContext,
  ...ends: [string, "passed" | "warning" | "rejected" | "abandoned"][]
): Promise<void> {
  for (const [id, outcome] of ends) {
    await service.jumio.finish(id, outcome);
    await service.advance(MINUTE);
  }
}

function statusOf(service: TestContext, identityId: string): unknown[] {
  const { status, verdict } = service.metadata(identityId);
  return [status, verdict];
}

Deno.test("a person who presses again before their rejection arrives is rejected", async () => {
  await using service = await createTestContext();
  const { identityId, first } = await startTwice(service);

  await finish(service, [first, "rejected"]);
  await press(service, identityId);

  assert.deepEqual(statusOf(service, identityId), ["rejected", "FAILED"]);
  assert.equal((await service.signIn()).status, 400);
  assert.equal(service.jumio.executions.length, 2);
});

Deno.test("a person who started twice keeps the verdict of the first execution", async () => {
  await using service = await createTestContext();
  const { identityId, first, second } = await startTwice(service);

  await finish(service, [first, "passed"], [second, "abandoned"]);

  assert.deepEqual(statusOf(service, identityId), ["verified", "PASSED"]);
  assert.equal(await readOutcome(service, second), "superseded");
});

Deno.test("a person cannot replace a rejection by the execution that they pass", async () => {
  await using service = await createTestContext();
  const { identityId, first, second } = await startTwice(service);

  await finish(service, [first, "rejected"], [second, "passed"]);

  assert.deepEqual(statusOf(service, identityId), ["rejected", "FAILED"]);
});

Deno.test("a rejection after verified is published, and ends the sessions where the setting asks for it", async () => {
  await using service = await createTestContext({
    env: { "REVOKE_SESSIONS_ON_REJECTION": "true" },
  });
  const { identityId, first, second } = await startTwice(service);
  await finish(service, [first, "passed"]);
  assert.deepEqual(statusOf(service, identityId), ["verified", "PASSED"]);

  await finish(service, [second, "rejected"]);

  assert.deepEqual(statusOf(service, identityId), ["rejected", "FAILED"]);
  const log = service.lines.join("\n");
  assert.match(log, /"level":"error".*A person who was verified is rejected now/);
  assert.match(log, /Revoked the sessions of a rejected identity/);
});

Deno.test("a person whom an operator restarts does not escape a rejection that is on its way", async () => {
  await using service = await createTestContext();
  const { identityId, first } = await startTwice(service);
  await service.advance(31 * MINUTE);
  const now = service.clock.now;
  const restart = { identityId, maxExecutions: 20, now, operator: OPERATOR };
  assert.equal(await acceptRestart(service.store, restart), "accepted");
  await service.drain();
  assert.equal(service.jumio.executions.length, 3);

  await finish(service, [first, "rejected"]);

  assert.deepEqual(statusOf(service, identityId), ["rejected", "FAILED"]);
});

Deno.test("an execution of an earlier round that passes does not lift a person's rejection", async () => {
  await using service = await createTestContext();
  const { identityId, first, second } = await startTwice(service);
  await finish(service, [second, "rejected"]);
  const now = service.clock.now;
  const restart = { identityId, maxExecutions: 20, now, operator: OPERATOR };
  assert.equal(await acceptRestart(service.store, restart), "accepted");
  await service.drain();

  await finish(service, [first, "passed"]);

  assert.deepEqual(statusOf(service, identityId), ["pending", null]);
  assert.equal(await readOutcome(service, first), "superseded");
});
