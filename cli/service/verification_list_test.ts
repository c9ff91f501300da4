// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { HOUR, runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator verification list filters by status and time", async () => {
  await using service = await createOperatedContext();
  const ada = await createPerson(service, { outcome: "passed", email: "ada@example.com" });
  await service.advance(3 * HOUR);
  const bob = await createPerson(service, { outcome: "rejected", email: "bob@example.com" });

  const recent = await runCommand(service, "verification list --since 2h");
  const verified = await runCommand(service, "verification list --status verified --json");

  assert.match(recent.stdout, /^IDENTITY +STATUS +VERDICT +SINCE \(UTC\) +EXECUTION$/m);
  assert(recent.stdout.includes(bob) && !recent.stdout.includes(ada));
  const [first] = JSON.parse(verified.stdout).verifications;
  assert.equal(first["identity_id"], ada);
});

Deno.test("operator verification list prints the cursor of the next page, but not on the last", async () => {
  await using service = await createOperatedContext();
  const ada = await createPerson(service, { outcome: "passed", email: "ada@example.com" });
  await service.advance(1_000);
  const bob = await createPerson(service, { outcome: "rejected", email: "bob@example.com" });

  const page = await runCommand(service, "verification list --limit 1");
  const cursor = /^For the next page: --cursor (\S+)$/m.exec(page.stderr)?.[1];
  const next = await runCommand(service, `verification list --limit 1 --cursor ${cursor}`);

  assert(page.stdout.includes(bob) && next.stdout.includes(ada));
  assert.equal(next.stderr, "");
});

Deno.test("operator verification list says so if there are none", async () => {
  await using service = await createOperatedContext();

  const { exitCode, stdout } = await runCommand(service, "verification list");

  assert.deepEqual([exitCode, stdout], [0, "No verifications.\n"]);
});

Deno.test("operator verification list explains the form of a time", async () => {
  await using service = await createOperatedContext();

  const { exitCode, stderr } = await runCommand(service, "verification list --since yesterday");

  assert.equal(exitCode, 2);
  assert.match(stderr, /^--since must be a time such as 2026-05-04/);
});
