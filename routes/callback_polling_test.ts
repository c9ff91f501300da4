// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { countJumioCalls, registerPerson } from "../tests/support/callbacks.ts";
import { createTestContext, type TestContext } from "../tests/support/context.ts";

const MINUTE = 60_000;

Deno.test("without any callback a verdict arrives by polling, with delays that double", async () => {
  await using service = await createTestContext();
  service.jumio.faults.callbacks = "drop";
  const { identityId, execution } = await registerPerson(service);
  await service.advance(5 * MINUTE);
  await service.follow(identityId);

  const polls = await countPolls(service, 75);
  await service.jumio.finish(execution.id, "passed");
  await service.advance(60 * MINUTE);

  assert.deepEqual(polls, [10, 30, 70]); // from the person's visit to Jumio
  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("an execution whose link nobody opens is polled once, after the link has expired", async () => {
  await using service = await createTestContext();
  service.jumio.faults.callbacks = "drop";
  const { identityId } = await registerPerson(service);

  const polls = await countPolls(service, 75, { linksExpire: true });

  assert.deepEqual(polls, [40]);
  assert.equal(service.metadata(identityId)["status"], "expired");
});

Deno.test("without PUBLIC_URL an execution is polled from its start", async () => {
  await using service = await createTestContext({ env: { "PUBLIC_URL": "" } });
  service.jumio.faults.callbacks = "drop";
  await registerPerson(service);

  assert.deepEqual(await countPolls(service, 30), [2, 6, 14, 30]);
});

Deno.test("an inconclusive execution is not polled again", async () => {
  await using service = await createTestContext();
  const { execution } = await registerPerson(service);
  await service.jumio.finish(execution.id, "inconclusive");
  await service.drain();
  const before = countJumioCalls(service, "GET");

  for (let hour = 0; hour < 24; hour++) await service.advance(60 * MINUTE);

  assert.equal(countJumioCalls(service, "GET"), before);
});

/** Lists the minutes from now in which Jumio is polled. */
async function countPolls(
  service: TestContext,
  minutes: number,
  { linksExpire = false } = {},
): Promise<number[]> {
  const polls: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    const before = countJumioCalls(service, "GET");
    await service.advance(MINUTE);
    if (countJumioCalls(service, "GET") > before) polls.push(minute);
    if (linksExpire) await service.jumio.tick();
  }
  return polls;
}
