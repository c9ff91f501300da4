// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { writeMetadataPublic } from "../../tests/support/metadata.ts";
import {
  OPERATOR_ENV,
  registerWithoutHook,
  runCommand,
} from "../../tests/support/service_commands.ts";
import { NO_SWEEP_COUNTS, sweepReportKey } from "../../lib/verification/sweep.ts";

const MINUTE = 60_000;

Deno.test("operator sweep repairs what differs, and exits with 0", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  await service.advance(2 * MINUTE);
  await writeMetadataPublic(service, { identityId, value: null });

  const { exitCode, stdout } = await runCommand(service, "sweep");

  assert.equal(exitCode, 0);
  assert.match(stdout, /^The sweep has finished\.\nIDENTITIES +1\nDIFFERING +1\nPUBLISHED +1$/m);
  assert.equal(service.metadata(identityId)["status"], "verified");
});

Deno.test("operator sweep --dry-run changes nothing, and says what it would start", async () => {
  await using service = await createOperatedContext({
    env: { "START_MISSING_SINCE": "2026-05-01" },
  });
  await registerWithoutHook(service, "bob");
  await service.moveClock(MINUTE);

  const { exitCode, stdout } = await runCommand(service, "sweep --dry-run");

  assert.equal(exitCode, 0);
  assert.match(stdout, /^Dry run: nothing was changed\.$/m);
  assert.match(stdout, /^TO START +1$/m);
  assert.deepEqual(service.jumio.executions, []);
});

Deno.test("operator sweep lists people who were never started, and exits with 3, as status does", async () => {
  await using service = await createOperatedContext();
  const [identityId] = await registerWithoutHook(service, "bob");
  await service.moveClock(MINUTE);

  const swept = await runCommand(service, "sweep");
  const status = await runCommand(service, "status");

  assert.equal(swept.exitCode, 3);
  assert.match(swept.stdout, new RegExp(`^Never started:\n${identityId}$`, "m"));
  assert.equal(status.exitCode, 3);
  assert.match(
    status.stdout,
    /^One person registered and was never started \(since 2026-05-04 .*\)$/m,
  );
  assert.match(status.stdout, /^waiting +2026-05-04 .* 1 +0 +1 +2026-05-05 /m);
});

Deno.test("operator sweep needs --yes after a sweep that stopped", async () => {
  await using service = await createOperatedContext();
  const counts = { ...NO_SWEEP_COUNTS, lookedAt: 100, differing: 70 };
  const at = service.clock.now;
  const report = { v: 1, startedAt: at, endedAt: at, end: "stopped", requestedBy: null };
  const value = { ...report, counts, neverStartedIds: [] };
  await service.store.commit({ sets: [{ key: sweepReportKey({ isDryRun: false }), value }] });

  const plain = await runCommand(service, "sweep");
  const status = await runCommand(service, "status");
  const confirmed = await runCommand(service, "sweep --yes");

  assert.equal(plain.exitCode, 3);
  assert.match(plain.stdout, /^The last sweep stopped, because 70 identities differ\./);
  assert.equal(status.exitCode, 3);
  assert.match(
    status.stdout,
    /^The sweep stopped: too many identities differ from our records \(since .*\)\n {2}Look at some .*\n\n70 identities differ from our records \(since/m,
  );
  assert.equal(confirmed.exitCode, 0);
  assert.match(confirmed.stdout, /^The sweep has finished\.$/m);
});

Deno.test("operator sweep shows a bar on a terminal, and nothing without one", async () => {
  await using service = await createOperatedContext();
  await createPerson(service);
  await runCommand(service, "sweep");

  const onTerminal = await runCommand(service, "sweep", { isTerminal: true });
  const piped = await runCommand(service, "sweep");

  assert.match(onTerminal.stderr, /\[-{30}\] 0 identities, 0 differ, 0 repaired/);
  assert.equal(piped.stderr, "");
});

Deno.test("operator sweep --dry-run needs no name, and a sweep that repairs does", async () => {
  await using service = await createOperatedContext();
  const { USER: _nobody, ...env } = OPERATOR_ENV;

  const dryRun = await runCommand(service, "sweep --dry-run", { env });
  const repairs = await runCommand(service, "sweep", { env });
  const wrongName = await runCommand(service, "sweep --dry-run --as a\tb", { env });

  assert.equal(dryRun.exitCode, 0, dryRun.stderr);
  assert.deepEqual([repairs.exitCode, wrongName.exitCode], [2, 2]);
  assert.match(repairs.stderr, /^Name yourself with --as NAME/);
});
