// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext } from "../../tests/support/operator_api.ts";
import { registerWithoutHook, runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator verification start starts the verification of one identity", async () => {
  await using service = await createOperatedContext();
  const [identityId] = await registerWithoutHook(service, "bob");

  const { stdout } = await runCommand(service, `verification start ${identityId}`);
  await service.drain();

  assert.match(stdout, /^A start is queued\.$/m);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test('operator refuses "verification start" without an identity as a wrong command line', async () => {
  await using service = await createOperatedContext();

  const { exitCode } = await runCommand(service, "verification start");

  assert.equal(exitCode, 2);
  assert.deepEqual(service.jumio.calls, []);
});
