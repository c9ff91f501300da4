import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator verification show finds a person by the id of the identity or an execution", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  const execution = service.jumio.executions[0]?.id ?? "";

  const byIdentity = await runCommand(service, `verification show ${identityId}`);
  const byExecution = await runCommand(service, `verification show ${execution}`);

  assert.equal(byExecution.stdout, byIdentity.stdout);
  assert.match(byIdentity.stdout, new RegExp(`^Identity +${identityId}\nStatus +verified, since `));
  assert.match(byIdentity.stdout, new RegExp(`^Execution +${execution} {2}applied`, "m"));
});

Deno.test("operator verification show fails for an id without a record", async () => {
  await using service = await createOperatedContext();

  const { exitCode, stdout, stderr } = await runCommand(service, "verification show nobody");

  assert.deepEqual([exitCode, stdout], [1, ""]);
  assert.match(stderr, /There is no record of this id/);
});
