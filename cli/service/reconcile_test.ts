// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext } from "../../tests/support/operator_api.ts";
import { HOUR, runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator reconcile goes through all pages and keeps below Jumio's rate limit", async () => {
  await using service = await createOperatedContext({
    env: { "JUMIO_STARTS_PER_SECOND": "1000" },
  });
  for (let person = 0; person < 101; person++) {
    await service.register(`p${person}@example.com`);
    await service.moveClock(1);
  }
  await service.advance(1_000);
  await service.advance(3 * HOUR);
  await service.moveClock(700_000);

  const { stdout, delaysMs } = await runCommand(service, "reconcile");

  assert.deepEqual(delaysMs, [7_000, 70]);
  assert.equal(stdout, "101 open executions are polled now.\n");
});
