// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { runCommand } from "../../tests/support/service_commands.ts";

/** Answers questions one after the other, and keeps the questions. */
function createAnswers(...answers: string[]): {
  ask: (question: string) => string | undefined;
  readonly questions: readonly string[];
} {
  const questions: string[] = [];
  return {
    questions,
    ask(question) {
      questions.push(question);
      return answers.shift();
    },
  };
}

Deno.test("operator erase asks twice, erases, and shows the erasure in the record", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });
  const { ask, questions } = createAnswers(identityId, "yes");

  const { exitCode } = await runCommand(service, `erase ${identityId}`, { ask });
  await service.advance(60_000);

  assert.deepEqual([exitCode, questions.length], [0, 2]);
  assert.equal(service.metadata(identityId)["account_id"], null);
  const { stdout } = await runCommand(service, `verification show ${identityId}`);
  assert.match(stdout, /^Erased +2026-05-04 .*, requested by grace \(secret [0-9a-f]{8}\)$/m);
});

for (
  const [name, answersFor, count] of [
    ["the id that was typed does not match", () => ["another-id"], 1],
    ["the second answer is no", (id: string) => [id, "no"], 2],
    ["the second answer is missing", (id: string) => [id], 2],
  ] as const
) {
  Deno.test(`operator erase erases nothing if ${name}`, async () => {
    await using service = await createOperatedContext();
    const identityId = await createPerson(service, { outcome: "passed" });
    const { ask, questions } = createAnswers(...answersFor(identityId));

    const { exitCode, stderr } = await runCommand(service, `erase ${identityId}`, { ask });
    await service.advance(60_000);

    assert.deepEqual([exitCode, questions.length], [2, count]);
    assert.match(stderr, /^Nothing was erased/);
    assert.notEqual(service.metadata(identityId)["account_id"], null);
  });
}

Deno.test("operator erase --yes erases without asking", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, { outcome: "passed" });

  const { exitCode } = await runCommand(service, `erase ${identityId} --yes`);
  await service.advance(60_000);

  assert.equal(exitCode, 0);
  assert.equal(service.metadata(identityId)["account_id"], null);
});

Deno.test("operator erase needs --yes without a terminal", async () => {
  await using service = await createOperatedContext();

  const { exitCode, stderr } = await runCommand(service, `erase ${crypto.randomUUID()}`);

  assert.equal(exitCode, 2);
  assert.match(stderr, /there is no terminal: use --yes/);
  assert.deepEqual(service.jumio.calls, []);
});
