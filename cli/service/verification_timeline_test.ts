// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator verification timeline prints events with their details", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });

  const { exitCode, stdout } = await runCommand(service, `verification timeline ${identityId}`);

  assert.equal(exitCode, 0);
  assert.match(stdout, /^TIME \(UTC\) +EVENT +OUTCOME +DETAILS$/m);
  assert.match(stdout, /^2026-05-04 09:00:00 {2}hook +accepted$/m);
  assert.match(stdout, /callback +accepted +status="PROCESSED"$/m);
});

Deno.test("operator verification timeline prints the cursor of the next page", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  const line = `verification timeline ${identityId} --limit 1`;

  const first = await runCommand(service, line);
  const cursor = /^For the next page: --cursor "(\S+)"$/m.exec(first.stderr)?.[1];
  const second = await runCommand(service, `${line} --cursor ${cursor}`);

  assert.notEqual(cursor, undefined);
  assert.equal(second.exitCode, 0);
  assert.notEqual(second.stdout, first.stdout);
});
