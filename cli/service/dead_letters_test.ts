// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext } from "../../tests/support/operator_api.ts";
import { createDeadLetters, runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator dead-letter lists, shows and replays", async () => {
  await using service = await createOperatedContext();
  const [identityId = ""] = await createDeadLetters(service, [{ outcome: "passed" }]);

  const timeline = await runCommand(service, `verification timeline ${identityId}`);
  const listed = await runCommand(service, "dead-letter list");
  const shown = await runCommand(service, `dead-letter show publish ${identityId}`);
  const replayed = await runCommand(service, `dead-letter replay publish ${identityId}`);
  await service.drain();
  const after = await runCommand(service, "dead-letter list");

  assert.match(timeline.stdout, /retry +failed .*last_at/);
  assert.doesNotMatch(timeline.stdout, /retry .*next_at/);
  assert.equal(listed.exitCode, 3);
  assert.match(
    listed.stdout,
    new RegExp(`^publish {2}${identityId} {2}kratos_status {2}503 `, "m"),
  );
  assert.match(listed.stderr, /^kratos_status 503: Ory is down\..* Replay a dead letter/m);
  assert.match(shown.stdout, /^Next step +Wait: the job is retried\. Replay a dead letter/m);
  assert.match(
    shown.stdout,
    /^Upstream +Ory\nCould not +write to the identity\nReason +kratos_status \(HTTP 503\)$/m,
  );
  assert.equal(replayed.stdout, `publish ${identityId}: replayed\n`);
  assert.equal(service.metadata(identityId)["status"], "verified");
  assert.deepEqual([after.exitCode, after.stdout], [0, "No dead letters.\n"]);
});

Deno.test("operator dead-letter list prints the cursor of the next page", async () => {
  await using service = await createOperatedContext();
  await createDeadLetters(service, [
    { outcome: "passed", email: "ada@example.com" },
    { outcome: "passed", email: "bob@example.com" },
  ]);

  const first = await runCommand(service, "dead-letter list --limit 1");
  const cursor = /^For the next page: --cursor (\S+)$/m.exec(first.stderr)?.[1];
  const second = await runCommand(service, `dead-letter list --limit 1 --cursor ${cursor}`);

  assert.notEqual(cursor, undefined);
  assert.notEqual(second.stdout, first.stdout);
  assert.doesNotMatch(second.stderr, /--cursor/);
});

Deno.test("operator dead-letter replay --all replays each dead letter once", async () => {
  await using service = await createOperatedContext();
  const identityIds = await createDeadLetters(
    service,
    ["ada", "bob", "cyd"].map((name) => ({ outcome: "rejected", email: `${name}@example.com` })),
  );

  const { stdout } = await runCommand(service, "dead-letter replay --all");
  await service.drain();

  assert.equal(stdout, "3 dead letters replayed.\n");
  for (const identityId of identityIds) {
    assert.equal(service.metadata(identityId)["status"], "rejected");
  }
});

Deno.test("operator dead-letter discard deletes a dead letter, and fails the second time", async () => {
  await using service = await createOperatedContext();
  const [identityId = ""] = await createDeadLetters(service, [{ outcome: "passed" }]);

  const first = await runCommand(service, `dead-letter discard publish ${identityId}`);
  const second = await runCommand(service, `dead-letter discard publish ${identityId}`);

  assert.equal(first.stdout, `publish ${identityId}: discarded\n`);
  assert.equal(second.exitCode, 3);
  assert.match(second.stderr, /There is no record of this id/);
});

for (const line of ["dead-letter replay publish", "dead-letter replay publish ID --all"]) {
  Deno.test(`operator refuses "${line}" as a wrong command line`, async () => {
    await using service = await createOperatedContext();

    const { exitCode, stderr } = await runCommand(service, line);

    assert.equal(exitCode, 2);
    assert.match(stderr, /KIND and ID, .* or use --all/);
  });
}
