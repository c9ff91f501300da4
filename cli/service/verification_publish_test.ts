// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeJumio, writeMetadataPublic } from "../../tests/support/metadata.ts";
import {
  createOperatedContext,
  createPerson,
  registerWithoutHooks,
} from "../../tests/support/operator_api.ts";
import { runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator verification publish publishes a rejection that Ory has lost", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await writeMetadataPublic(service, { identityId, value: null });

  const run = await runCommand(service, `verification publish ${identityId} --as Zoë`);

  assert.deepEqual([run.exitCode, run.stderr], [0, ""]);
  assert.match(run.stdout, /^Our record is being published\. It differed in: status, verdict,/);
  assert.match(run.stdout, /^In Ory +the same$/m);
  assert.equal(service.metadata(identityId)["status"], "rejected");
  const timeline = await runCommand(service, `verification timeline ${identityId}`);
  assert.match(timeline.stdout, /operator +published +action="publish" .* by="Zoë"/);
});

Deno.test("operator verification publish says that Ory has what our record says", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });

  const { exitCode, stdout } = await runCommand(service, `verification publish ${identityId}`);

  assert.equal(exitCode, 0);
  assert.match(stdout, /^Ory has what our record says\. Nothing was published\.$/m);
});

Deno.test("operator verification publish adopts what Ory knows better, and --force does not", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service);
  const verified = { ...service.metadata(identityId), status: "rejected", verdict: "FAILED" };
  await writeJumio(service, { identityId, jumio: verified });

  const forced = await runCommand(service, `verification publish ${identityId} --force`);
  const afterForce = service.metadata(identityId)["status"];
  await writeJumio(service, { identityId, jumio: verified });
  const adopting = await runCommand(service, `verification publish ${identityId}`);

  assert.deepEqual([forced.exitCode, afterForce], [0, "pending"]);
  assert.match(forced.stdout, /^Our record is being published\.$/m);
  assert.equal(adopting.exitCode, 0);
  assert.match(adopting.stdout, /Jumio is asked about it\./);
  assert.match(adopting.stderr, /add --force/);
  assert.match(adopting.stdout, /^Status +rejected/m);
  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("operator verification publish --force needs no Ory, and says that Ory does not have it yet", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await writeMetadataPublic(service, { identityId, value: null });
  service.kratos.faults.isAdminDown = true;

  const plain = await runCommand(service, `verification publish ${identityId}`);
  const forced = await runCommand(service, `verification publish ${identityId} --force`);
  service.kratos.faults.isAdminDown = false;
  await service.advance(60_000);

  assert.equal(plain.exitCode, 1);
  assert.match(plain.stderr, /The service answered 503/);
  assert.equal(forced.exitCode, 0);
  assert.match(forced.stderr, /Ory does not have our record yet/);
  assert.match(forced.stdout, /^In Ory +could not be read \(status 503\)$/m);
  assert.equal(service.metadata(identityId)["status"], "rejected");
});

Deno.test("operator verification publish fails for an identity that was never started", async () => {
  await using service = await createOperatedContext();
  const identityId = await registerWithoutHooks(service);

  for (const flag of ["", " --force"]) {
    const run = await runCommand(service, `verification publish ${identityId}${flag}`);

    assert.equal(run.exitCode, 3);
    assert.match(run.stdout + run.stderr, /There is no record/);
  }
});

Deno.test("operator verification publish leaves an erased identity alone", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  await runCommand(service, `erase ${identityId} --yes`);
  await service.advance(60_000);
  const before = service.metadata(identityId);

  for (const flag of ["", " --force"]) {
    const run = await runCommand(service, `verification publish ${identityId}${flag}`);
    await service.drain();

    assert.equal(run.exitCode, 3);
    assert.match(run.stdout, /^This identity was erased\. Nothing was published\.$/m);
    assert.match(run.stderr, /verification start/);
  }
  assert.deepEqual(service.metadata(identityId), before);
});
