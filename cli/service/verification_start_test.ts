import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { registerWithoutHook, runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator verification start starts the verification of one identity", async () => {
  await using service = await createOperatedContext();
  const [identityId] = await registerWithoutHook(service, "bob");

  const { stdout } = await runCommand(service, `verification start ${identityId}`);
  await service.drain();

  assert.match(stdout, /^A start is queued\.$/m);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("operator verification start --missing only counts, and says how to start them", async () => {
  await using service = await createOperatedContext();
  await createPerson(service);
  await registerWithoutHook(service, "bob", "cyd");

  const { exitCode, stdout, stderr } = await runCommand(service, "verification start --missing");

  assert.equal(exitCode, 0);
  assert.equal(stdout, "2 of 3 identities have no verification.\n");
  assert.match(stderr, /Nothing was started\. To start them, add --yes/);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("operator verification start --missing --yes starts all, and none the second time", async () => {
  await using service = await createOperatedContext();
  const identityIds = await registerWithoutHook(service, "bob", "cyd");

  const first = await runCommand(service, "verification start --missing --yes");
  for (let second = 0; second < 3; second++) await service.advance(1_000);
  const again = await runCommand(service, "verification start --missing --yes --json");

  assert.match(first.stdout, /^2 starts are queued\.$/m);
  for (const identityId of identityIds) {
    assert.equal(service.metadata(identityId)["status"], "pending");
  }
  assert.equal(JSON.parse(again.stdout).started, 0);
  assert.equal(service.jumio.executions.length, 2);
});

Deno.test("operator verification start --missing waits while Ory is busy", async () => {
  await using service = await createOperatedContext();
  await registerWithoutHook(service, "bob");
  service.kratos.faults.nextStatuses = [429, 503];

  const { stdout, delaysMs } = await runCommand(service, "verification start --missing");

  assert.match(stdout, /^1 of 1 /);
  assert.deepEqual(delaysMs, [5_000, 10_000]);
});

Deno.test("operator verification start --missing gives up and prints where to continue", async () => {
  await using service = await createOperatedContext();
  service.kratos.faults.isAdminDown = true;

  const line = "verification start --missing --page-token t0k3n";
  const { exitCode, stderr, delaysMs } = await runCommand(service, line);

  assert.equal(exitCode, 1);
  assert.match(stderr, /To continue later: --page-token t0k3n$/m);
  assert.deepEqual(delaysMs, [5_000, 10_000, 20_000, 40_000, 80_000]);
});

for (
  const [line, message] of [
    ["verification start", /Name one identity, or use --missing for all/],
    ["verification start ID --missing", /Name one identity, or use --missing for all/],
    ["verification start --missing --pause soon", /number of seconds/],
  ] as const
) {
  Deno.test(`operator refuses "${line}" as a wrong command line`, async () => {
    await using service = await createOperatedContext();

    const { exitCode, stderr } = await runCommand(service, line);

    assert.equal(exitCode, 2);
    assert.match(stderr, message);
    assert.deepEqual(service.jumio.calls, []);
  });
}
