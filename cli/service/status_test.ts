// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { jobCountKey } from "../../lib/jobs/job.ts";
import { dueKey } from "../../lib/jobs/due.ts";
import { ERASE } from "../../lib/verification/job_kinds.ts";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { createDeadLetters, HOUR, runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator status says that there is nothing to do, and counts", async () => {
  await using service = await createOperatedContext();
  await createPerson(service, { outcome: "passed" });

  const { exitCode, stdout, stderr } = await runCommand(service, "status");

  assert.deepEqual([exitCode, stderr], [0, ""]);
  assert.match(
    stdout,
    /^Nothing needs you\n\nQUEUE {4}WAITING {2}DUE NOW {2}FIRST DUE\nstart {4}0/,
  );
  assert.match(stdout, /^verified +1 +1$/m);
});

Deno.test("operator status exits with 3 if there are dead letters, and says what to do", async () => {
  await using service = await createOperatedContext();
  await createDeadLetters(service, [{ outcome: "passed" }]);

  const { exitCode, stdout } = await runCommand(service, "status");

  assert.equal(exitCode, 3);
  assert.match(
    stdout,
    /^One thing needs you\n\n1 job given up: could not write to the identity, Ory answered 503 \(since 2026-05-05 .*\)\n {2}Wait: the job is retried\. Replay/,
  );
  assert.match(stdout, /^kratos {4}\d+ +\d+ +2026-05-05 .* status 503$/m);
});

Deno.test("operator status exits with 3 if work is overdue", async () => {
  await using service = await createOperatedContext();
  service.jumio.faults.isDown = true;
  await service.register();
  await service.moveClock(HOUR);

  const { exitCode, stdout } = await runCommand(service, "status");

  assert.equal(exitCode, 3);
  assert.match(stdout, /^Work is overdue: start \(1 job\) \(since 2026-05-04 09:00:01\)$/m);
});

Deno.test("operator status counts all waiting jobs, and up to a thousand due jobs", async () => {
  await using service = await createOperatedContext();
  const due = Array.from({ length: 1_001 }, (_, id) => ({
    key: dueKey(ERASE, { id: String(id), dueAt: service.clock.now }),
    value: null,
  }));
  const sums = [{ key: jobCountKey(ERASE), amount: 123_456 }];
  for (const sets of [due.slice(0, 500), due.slice(500)]) await service.store.commit({ sets });
  await service.store.commit({ sums });

  const { stdout } = await runCommand(service, "status");

  assert.match(stdout, /^erase +123456 +1000\+ +2026-05-04/m);
});
