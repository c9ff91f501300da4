// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  callOperator,
  createOperatedContext,
  OPERATOR_SECRET,
  secretIdOf,
} from "../../tests/support/operator_api.ts";
import { runCommand } from "../../tests/support/service_commands.ts";

const MINUTE = 60_000;

Deno.test("operator pause starts stops new executions, and resume lets them go on", async () => {
  await using service = await createOperatedContext();

  const paused = await runCommand(service, "pause starts");
  const identityId = await service.register();
  await service.advance(MINUTE);
  const whilePaused = service.jumio.executions.length;
  const { exitCode, stdout } = await runCommand(service, "status");
  await runCommand(service, "resume");
  await service.advance(MINUTE);

  assert.deepEqual([paused.exitCode, whilePaused, exitCode], [0, 0, 3]);
  assert.match(
    stdout,
    /^All starts are paused by grace \(since .*\)\n {2}When the incident is over: resume starts$/m,
  );
  assert.deepEqual(service.jumio.executions.map(({ userReference }) => userReference), [
    identityId,
  ]);
  assert.equal((await runCommand(service, "status")).exitCode, 0);
});

Deno.test("a person who registers while starts are paused is pending", async () => {
  await using service = await createOperatedContext();
  await runCommand(service, "pause starts");

  const identityId = await service.register();
  await service.drain();

  assert.equal(service.metadata(identityId)["status"], "pending");
});

Deno.test("pausing and resuming starts is recorded once each, with the operator", async () => {
  await using service = await createOperatedContext();

  for (const command of ["pause starts", "pause starts", "resume starts", "resume"]) {
    await runCommand(service, command);
    await service.moveClock(1_000);
  }

  const rows = await service.store.list<{ details: Record<string, string> }>(
    { prefix: ["timeline", "starts"] },
    { limit: 9 },
  );
  const secretId = await secretIdOf(service);
  assert.deepEqual(
    rows.map(({ value }) => value?.details),
    ["pause_starts", "resume_starts"].map((action) => ({
      action,
      by: "grace",
      "secret_id": secretId,
    })),
  );
  const logged = service.lines.filter((line) => /An operator (?:paused|resumed) all/.test(line));
  assert.equal(logged.length, 2);
});

Deno.test("the operator's page shows that starts are paused", async () => {
  await using service = await createOperatedContext();
  await runCommand(service, "pause starts");
  const signIn = await service.send("/operator/sign-in", {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin: "https://kyc.example.com",
    },
    body: new URLSearchParams({ secret: OPERATOR_SECRET, name: "grace" }).toString(),
  });
  const cookie = signIn.headers.get("set-cookie")?.split(";")[0] ?? "";

  const page = await (await service.send("/operator/", { headers: { cookie } })).text();

  assert.match(page, /All starts are paused/);
});

Deno.test("only a named operator pauses starts", async () => {
  await using service = await createOperatedContext();

  const answers = await Promise.all([
    callOperator(service, "starts/pause", { body: {}, headers: { "x-operator": "" } }),
    callOperator(service, "starts/pause", { body: {}, headers: { authorization: "Bearer x" } }),
  ]);

  assert.deepEqual(answers.map(({ status }) => status), [400, 401]);
  const { body } = await callOperator(service, "status");
  assert.equal(body.starts["paused_at"], null);
});
