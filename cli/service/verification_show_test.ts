// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { writeJumio } from "../../tests/support/metadata.ts";
import { runCommand } from "../../tests/support/service_commands.ts";

const UNKNOWN_ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";

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

Deno.test("operator verification show says where Ory and our record differ", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  const same = await runCommand(service, `verification show ${identityId}`);
  const jumio = { ...service.metadata(identityId), status: "pending", verdict: null };
  await writeJumio(service, { identityId, jumio });

  const { exitCode, stdout } = await runCommand(service, `verification show ${identityId}`);

  assert.match(same.stdout, /^In Ory +the same$/m);
  assert.equal(exitCode, 0);
  assert.match(
    stdout,
    /^In Ory +differs from our record\n {2}status +pending, our record: rejected$/m,
  );
  assert.match(stdout, /^ {2}verdict +-, our record: FAILED$/m);
  assert(!/account_id|decided_at|verification_url|http/.test(stdout));
});

Deno.test("operator verification show works while Ory is down", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "rejected" });
  service.kratos.faults.isAdminDown = true;

  const { exitCode, stdout } = await runCommand(service, `verification show ${identityId}`);

  assert.equal(exitCode, 0);
  assert.match(stdout, /^Status +rejected/m);
  assert.match(stdout, /^In Ory +could not be read \(status 503\)$/m);
});

Deno.test("operator verification show fails for an id without a record", async () => {
  await using service = await createOperatedContext();

  const { exitCode, stdout, stderr } = await runCommand(service, `verification show ${UNKNOWN_ID}`);

  assert.deepEqual([exitCode, stdout], [3, ""]);
  assert.match(stderr, /There is no record of this id/);
});
