// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { EVENTS_ENV } from "../../tests/support/receiver.ts";
import { HOUR, runCommand } from "../../tests/support/service_commands.ts";

Deno.test("operator status names paused events, and operator events resume delivers them", async () => {
  await using service = await createOperatedContext({ env: EVENTS_ENV });
  service.receiver.answer = () => new Response(null, { status: 410 });
  await createPerson(service, { outcome: "passed" });

  const before = await runCommand(service, "status");
  service.receiver.answer = () => new Response();
  const resumed = await runCommand(service, "events resume");
  await service.advance(2_000);
  const after = await runCommand(service, "status");

  assert.equal(before.exitCode, 3);
  assert.match(
    before.stdout,
    /^Your application wants no more events: .* \(since 2026-05-04 09:00.*\)\n {2}.* events resume$/m,
  );
  assert.match(before.stdout, /^notify +2 /m);
  assert.deepEqual([resumed.exitCode, resumed.stdout], [0, "Events are delivered again.\n"]);
  assert.match(after.stdout, /^Nothing needs you$/m);
});

Deno.test("operator events resume says that nothing was paused", async () => {
  await using service = await createOperatedContext({ env: EVENTS_ENV });

  const { exitCode, stdout } = await runCommand(service, "events resume");

  assert.deepEqual([exitCode, stdout], [0, "The delivery of events was not paused.\n"]);
});

Deno.test("operator events replay delivers what was given up since a time", async () => {
  await using service = await createOperatedContext({ env: EVENTS_ENV });
  service.receiver.answer = () => new Response(null, { status: 500 });
  await createPerson(service);
  for (let hour = 0; hour < 90; hour++) await service.advance(HOUR);
  service.receiver.answer = () => new Response();

  const recent = await runCommand(service, "events replay --since 1d");
  const all = await runCommand(service, "events replay --since 2026-05-04");

  assert.deepEqual([recent.exitCode, recent.stdout], [0, "0 events are delivered again.\n"]);
  assert.deepEqual([all.exitCode, all.stdout], [0, "1 events are delivered again.\n"]);
});

Deno.test("operator events replay asks for --since", async () => {
  await using service = await createOperatedContext({ env: EVENTS_ENV });

  const { exitCode, stderr } = await runCommand(service, "events replay");

  assert.equal(exitCode, 2);
  assert.match(stderr, /--since/);
});
