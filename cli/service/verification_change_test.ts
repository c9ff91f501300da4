// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator verification decide decides a review under the name that --as gives", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "warning" });

  const line = `verification decide ${identityId} verified --reason manual_check --as Zoë`;
  const { exitCode, stdout } = await runCommand(service, line);
  await service.drain();

  assert.equal(exitCode, 0);
  assert.match(stdout, /^Decided: verified\.$/m);
  assert.equal(service.metadata(identityId)["status"], "verified");
  const timeline = await runCommand(service, `verification timeline ${identityId}`);
  assert.match(timeline.stdout, /action="decide" status="verified" reason="manual_check" by="Zoë"/);
});

for (
  const [line, message] of [
    ["verification decide ID pending --reason x", /must be verified or rejected/],
    ["verification decide ID verified", /--reason CODE/],
    ["verification expire ID", /--reason CODE/],
    ["verification restart ID", /can then sign in, unless LOGIN_BLOCKED_STATUSES .* add --yes/],
  ] as const
) {
  Deno.test(`operator refuses "${line}" as a wrong command line`, async () => {
    await using service = await createOperatedContext();

    const { exitCode, stderr } = await runCommand(service, line, {
      fetch: () => assert.fail("The service was called"),
    });

    assert.equal(exitCode, 2);
    assert.match(stderr, message);
  });
}

for (const action of ["decide ID rejected --reason x", "restart ID --yes", "refresh ID"]) {
  Deno.test(`operator verification ${action} fails for a verified person with exit code 3`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, { outcome: "passed" });

    const line = `verification ${action.replace("ID", identityId)}`;
    const { exitCode, stderr } = await runCommand(service, line);

    assert.equal(exitCode, 3);
    assert.match(stderr, /^Wrong state\. /);
    assert.equal(service.metadata(identityId)["status"], "verified");
  });
}

Deno.test("operator verification restart lets a rejected person verify again", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await service.advance(1_000);

  const line = `verification restart ${identityId} --yes`;
  const { exitCode, stdout } = await runCommand(service, line);
  await service.drain();

  assert.equal(exitCode, 0);
  assert.match(stdout, /the person can sign in before they are verified/);
  assert.equal(service.metadata(identityId)["status"], "pending");
});

Deno.test("operator verification restart says that pending cannot sign in where it is blocked", async () => {
  const env = { "LOGIN_BLOCKED_STATUSES": "rejected,pending" };
  await using service = await createOperatedContext({ env });
  const identityId = await createPerson(service, { outcome: "rejected" });
  await service.advance(1_000);

  const { stdout } = await runCommand(service, `verification restart ${identityId} --yes`);

  assert.match(stdout, /the person cannot sign in before they are verified/);
});

Deno.test("operator verification refresh reads a result whose callback was lost", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");

  const { stdout } = await runCommand(service, `verification refresh ${identityId}`);

  assert.match(stdout, /^Status +rejected/m);
});

Deno.test("operator verification expire ends a verification under the name that --as gives", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });

  const line = `verification expire ${identityId} --reason name_changed --as Zoë`;
  const { exitCode, stdout } = await runCommand(service, line);
  await service.drain();

  assert.equal(exitCode, 0);
  assert.match(stdout, /^The verification has ended\.$/m);
  assert.match(stdout, /^Status +expired/m);
  assert.equal(service.metadata(identityId)["detail"], "validity_ended");
  const timeline = await runCommand(service, `verification timeline ${identityId}`);
  assert.match(timeline.stdout, /action="expire" reason="name_changed" by="Zoë"/);
});

Deno.test("operator verification expire fails for a rejected person with exit code 3", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });

  const { exitCode, stderr } = await runCommand(
    service,
    `verification expire ${identityId} --reason suspicion`,
  );

  assert.equal(exitCode, 3);
  assert.match(stderr, /^Wrong state\. /);
  assert.equal(service.metadata(identityId)["status"], "rejected");
});
