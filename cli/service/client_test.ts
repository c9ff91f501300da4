// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ADA, BO, createNamedContext } from "../../tests/support/named_operators.ts";
import {
  createOperatedContext,
  createPerson,
  readActions,
} from "../../tests/support/operator_api.ts";
import { OPERATOR_ENV, runCommand } from "../../tests/support/service_commands.ts";

Deno.test("a service command explains that the secret is wrong", async () => {
  await using service = await createOperatedContext();
  const env = { ...OPERATOR_ENV, "OPERATOR_SECRET": "x".repeat(32) };

  const { exitCode, stdout, stderr } = await runCommand(service, "status", { env });

  assert.deepEqual([exitCode, stdout], [1, ""]);
  assert.match(stderr, /^The service refused this OPERATOR_SECRET/);
});

Deno.test("a service command explains that the service has no operator API", async () => {
  await using service = await createOperatedContext({ env: { "OPERATOR_SECRET": "" } });

  const { exitCode, stdout, stderr } = await runCommand(service, "status");

  assert.deepEqual([exitCode, stdout], [1, ""]);
  assert.match(stderr, /is OPERATOR_SECRET set on the service/);
});

for (
  const [name, fetch, message] of [
    [
      "cannot be reached",
      () => Promise.reject(new TypeError("no")),
      /^Cannot reach the service at https:\/\/kyc\.example\.com\n$/,
    ],
    [
      "sends a page of a proxy",
      () => Promise.resolve(new Response("<html>")),
      /^The service sent an answer that this program cannot read/,
    ],
    [
      "answers 502 without a body",
      () => Promise.resolve(new Response(null, { status: 502 })),
      /^The service answered 502/,
    ],
    [
      "redirects",
      () => Promise.resolve(new Response(null, { status: 302 })),
      /^The service answered 302\n$/,
    ],
  ] as const
) {
  Deno.test(`a service command fails with a message if the service ${name}`, async () => {
    await using service = await createOperatedContext();

    const { exitCode, stdout, stderr } = await runCommand(service, "status", { fetch });

    assert.deepEqual([exitCode, stdout], [1, ""]);
    assert.match(stderr, message);
  });
}

Deno.test("a service command follows no redirect, so that the secret stays with the service", async () => {
  await using service = await createOperatedContext();
  const modes: (string | undefined)[] = [];

  await runCommand(service, "status", {
    fetch: (_input, init) => {
      modes.push(init?.redirect);
      return Promise.resolve(new Response(null, { status: 302 }));
    },
  });

  assert.deepEqual(modes, ["manual"]);
});

Deno.test("a service command refuses a name with a control character", async () => {
  await using service = await createOperatedContext();

  const line = `verification refresh ${crypto.randomUUID()} --as a\tb`;
  const { exitCode, stderr } = await runCommand(service, line);

  assert.equal(exitCode, 2);
  assert.match(stderr, /^Name yourself with --as NAME/);
  assert.deepEqual(service.jumio.calls, []);
});

Deno.test("a service command says which upstream failed, how, and what to do", async () => {
  await using service = await createOperatedContext();
  service.kratos.faults.nextStatuses.push(401);

  const line = `verification start ${crypto.randomUUID()}`;
  const { exitCode, stderr } = await runCommand(service, line);

  assert.equal(exitCode, 1);
  assert.match(stderr, /^The service answered 503: Not available\. Ory answered 401: /);
  assert.match(stderr, / Next step: Correct ORY_API_KEY, /);
});

Deno.test("a command with a secret that has a name acts under it, whatever USER is", async () => {
  await using service = await createNamedContext();
  const identityId = await createPerson(service, { outcome: "warning" });
  const env = { ...OPERATOR_ENV, "OPERATOR_SECRET": ADA, "USER": "root" };

  const line = `verification decide ${identityId} verified --reason checked`;
  const { exitCode } = await runCommand(service, line, { env });

  assert.equal(exitCode, 0);
  const [action] = await readActions(service, identityId) as { by: string }[];
  assert.equal(action?.by, "ada");
});

Deno.test("a command with a secret that has a name refuses another name before any call", async () => {
  await using service = await createNamedContext();
  const env = { ...OPERATOR_ENV, "OPERATOR_SECRET": ADA };

  const { exitCode, stderr } = await runCommand(service, "reconcile --as grace", {
    env,
    fetch: () => assert.fail("The service was called"),
  });

  assert.equal(exitCode, 2);
  assert.match(stderr, /no value of the name in --as/);
});

Deno.test("a command with a secret without a name says that the name belongs to another one", async () => {
  await using service = await createNamedContext();

  const { exitCode, stderr } = await runCommand(service, "reconcile --as Ada");

  assert.equal(exitCode, 1);
  assert.match(stderr, /no name of another secret\. Leave out X-Operator \(--as\)/);
});

Deno.test("a command with a read-only secret reads, and says why it changes nothing", async () => {
  await using service = await createNamedContext();
  const env = { ...OPERATOR_ENV, "OPERATOR_SECRET": BO };

  const read = await runCommand(service, "verification list", { env });
  const change = await runCommand(service, "reconcile", { env });

  assert.deepEqual([read.exitCode, change.exitCode, change.stdout], [0, 3, ""]);
  assert.match(change.stderr, /^Read-only\. This secret is read-only \(NAME:ro:SECRET\)/);
});
