// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestContext } from "../tests/support/context.ts";

const MINUTE = 60_000;

Deno.test("an instance whose clock is wrong makes no starts, says so, and makes them when it is right", async () => {
  const aheadOfJumio = { ms: 2 * MINUTE };
  await using service = await createTestContext({ aheadOfJumio });
  await service.context.clock.compare();

  const identityId = await service.register();
  await service.advance(MINUTE);
  const whileWrong = service.jumio.executions.length;
  aheadOfJumio.ms = 0;
  await service.advance(MINUTE);

  assert.equal(whileWrong, 0);
  assert.equal(service.jumio.executions.length, 1);
  assert.equal(service.metadata(identityId)["status"], "pending");
  const about = service.lines.filter((line) => line.includes("The clock of this instance"));
  assert.match(about[0] ?? "", /"level":"error".*wrong.*"offsetMs":119000/);
  assert.match(about[1] ?? "", /"level":"info".*right again/);
  assert.equal(about.length, 2);
});

Deno.test("an instance whose clock is wrong goes on with results", async () => {
  const aheadOfJumio = { ms: 0 };
  await using service = await createTestContext({ aheadOfJumio });
  const identityId = await service.register();
  aheadOfJumio.ms = -2 * MINUTE;
  await service.context.clock.compare();

  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");
  await service.drain();

  assert.equal(service.context.clock.isOff(), true);
  assert.equal(service.metadata(identityId)["status"], "rejected");
});
