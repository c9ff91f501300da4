// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext, type TestContext } from "../../../tests/support/context.ts";
import { type DeadLetter, deadLetterKey } from "../../jobs/dead_letters.ts";
import { listExecutions } from "../executions.ts";
import { START } from "../job_kinds.ts";

/** A person whose first execution has ended without a decision. */
async function createExpired(service: TestContext): Promise<string> {
  const identityId = await service.register();
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "abandoned");
  await service.advance(5_000);
  return identityId;
}

function starts({ jumio }: TestContext): string[] {
  return jumio.calls.filter(({ method }) => method === "PUT" || method === "POST")
    .filter(({ path }) => path.includes("/accounts")).map(({ method }) => method);
}

Deno.test("a person whose account Jumio has deleted gets another one, and the old id is kept", async () => {
  await using service = await createTestContext();
  const identityId = await createExpired(service);
  const [first] = service.jumio.executions;
  service.jumio.deleteAccount(first?.accountId ?? "");

  await service.follow(identityId);
  await service.advance(5_000);
  const [, second] = service.jumio.executions;
  await service.jumio.finish(second?.id ?? "", "passed");
  await service.drain();

  assert.deepEqual(starts(service), ["POST", "PUT", "POST"]);
  assert.notEqual(second?.accountId, first?.accountId);
  const { status, account_id: account } = service.metadata(identityId);
  assert.deepEqual([status, account], ["verified", second?.accountId]);
  const listed = await listExecutions(service.store, identityId);
  assert.deepEqual(listed.map(({ row }) => row.value?.accountId), [
    second?.accountId,
    first?.accountId,
  ]);
});

Deno.test("a new execution that Jumio makes on another account is a dead letter after one call, and recorded nowhere", async () => {
  await using service = await createTestContext();
  const identityId = await createExpired(service);
  const before = service.metadata(identityId);
  service.jumio.faults.ignoresAccount = true;

  await service.follow(identityId);
  for (let minute = 0; minute < 30; minute++) await service.advance(60_000);

  const letter = await service.store.get<DeadLetter>(deadLetterKey(START, identityId));
  assert.equal(letter.value?.reason, "jumio_other_account");
  assert.deepEqual(starts(service), ["POST", "PUT"]);
  const { account_id: account, workflow_execution_id: execution } = service.metadata(identityId);
  assert.deepEqual([account, execution], [
    before["account_id"],
    before["workflow_execution_id"],
  ]);
});
