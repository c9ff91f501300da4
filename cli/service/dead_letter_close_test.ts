// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type DeadLetter, deadLetterKey } from "../../lib/jobs/dead_letters.ts";
import { readJob } from "../../lib/jobs/job.ts";
import { PUBLISH, START } from "../../lib/verification/job_kinds.ts";
import type { TestContext } from "../../tests/support/context.ts";
import { callOperator, createOperatedContext } from "../../tests/support/operator_api.ts";
import { runCommand } from "../../tests/support/service_commands.ts";

const DAY = 86_400_000;

/** Stores a dead letter, and gives its id. */
async function storeLetter(
  service: TestContext,
  { kind = START, reason = "jumio_status", ageMs = 0 }: {
    kind?: typeof START | typeof PUBLISH;
    reason?: string;
    ageMs?: number;
  } = {},
): Promise<string> {
  const id = crypto.randomUUID();
  const data = kind === START ? { locale: "en" } : { isConfirmation: false };
  const deadAt = service.clock.now - ageMs;
  const value: DeadLetter = { v: 1, kind: kind.name, id, data, reason, failures: 9, deadAt };
  await service.store.commit({ sets: [{ key: deadLetterKey(kind, id), value }] });
  return id;
}

async function listLetters(service: TestContext): Promise<string[]> {
  const { body } = await callOperator(service, "dead-letters?limit=200");
  return body["dead_letters"].map(({ id }: { id: string }) => id);
}

for (
  const [flags, expected] of [
    ["--kind start", [0, 1]],
    ["--reason kratos_status", [2, 3]],
    ["--since 1d", [1, 3]],
    ["--kind publish --reason kratos_status --since 1d", [3]],
    ["--kind erase", []],
  ] as const
) {
  Deno.test(`operator dead-letter list, replay and discard ${flags} mean the same ones`, async () => {
    await using service = await createOperatedContext();
    const ids = [
      await storeLetter(service, { ageMs: 2 * DAY }),
      await storeLetter(service),
      await storeLetter(service, { kind: PUBLISH, reason: "kratos_status", ageMs: 2 * DAY }),
      await storeLetter(service, { kind: PUBLISH, reason: "kratos_status" }),
    ];
    const meant = expected.map((index) => ids[index] ?? "");
    const rows = await service.store.list<DeadLetter>({ prefix: ["dead_letter"] }, { limit: 9 });

    const listed = await runCommand(service, `dead-letter list --json ${flags}`);
    const replayed = await runCommand(service, `dead-letter replay --json ${flags}`);
    const afterReplay = await listLetters(service);
    await service.store.commit({ sets: rows });
    const discarded = await runCommand(service, `dead-letter discard --yes --json ${flags}`);
    const afterDiscard = await listLetters(service);

    const letters: { id: string }[] = JSON.parse(listed.stdout)["dead_letters"];
    assert.deepEqual(letters.map(({ id }) => id).sort(), meant.toSorted());
    assert.equal(listed.exitCode, meant.length === 0 ? 0 : 3);
    assert.deepEqual(JSON.parse(replayed.stdout), { replayed: meant.length, left: 0 });
    assert.deepEqual(JSON.parse(discarded.stdout), { discarded: meant.length, left: 0 });
    const others = ids.filter((id) => !meant.includes(id)).toSorted();
    assert.deepEqual([afterReplay.sort(), afterDiscard.sort()], [others, others]);
  });
}

Deno.test("operator dead-letter replay --all replays hundreds, each once, with name and trace of each", async () => {
  await using service = await createOperatedContext();
  const ids = [];
  for (let count = 0; count < 250; count++) ids.push(await storeLetter(service));
  const [first = ""] = ids;
  let calls = 0;
  const send: typeof fetch = (input, init) => {
    calls++;
    const request = new Request(input, init);
    return service.send(new URL(request.url).pathname, request);
  };

  const { exitCode, stdout } = await runCommand(service, "dead-letter replay --all --as ada", {
    fetch: send,
  });

  assert.deepEqual([exitCode, stdout, calls], [0, "250 dead letters replayed.\n", 3]);
  assert.deepEqual(await listLetters(service), []);
  assert.notEqual((await readJob(service.store, { kind: START, id: first })).value, null);
  const [event] = await service.store.list<{ details: Record<string, string> }>(
    { prefix: ["timeline", first] },
    { limit: 1 },
  );
  const { action, by } = event?.value?.details ?? {};
  assert.deepEqual([action, by], ["replay", "ada"]);
});

Deno.test("operator dead-letter replay leaves those that must not be replayed blindly, until somebody names their reason", async () => {
  await using service = await createOperatedContext();
  const costly = await storeLetter(service, { reason: "jumio_other_account" });
  await storeLetter(service);

  const all = await runCommand(service, "dead-letter replay --all");
  const afterAll = await listLetters(service);
  const named = await runCommand(service, "dead-letter replay --reason jumio_other_account");

  assert.deepEqual([all.exitCode, all.stdout], [3, "1 dead letter replayed.\n"]);
  assert.match(all.stderr, /^1 left: they must not be replayed blindly/);
  assert.deepEqual(afterAll, [costly]);
  assert.deepEqual([named.exitCode, named.stdout], [0, "1 dead letter replayed.\n"]);
  assert.deepEqual(await listLetters(service), []);
});

Deno.test("operator dead-letter replay goes on after a page that the service could not answer", async () => {
  await using service = await createOperatedContext();
  for (let count = 0; count < 150; count++) await storeLetter(service);
  let calls = 0;
  const send: typeof fetch = (input, init) => {
    const request = new Request(input, init);
    return ++calls === 2
      ? Promise.reject(new TypeError("connection reset"))
      : service.send(new URL(request.url).pathname, request);
  };

  const { exitCode, stdout } = await runCommand(service, "dead-letter replay --all", {
    fetch: send,
  });

  assert.deepEqual([exitCode, stdout], [0, "150 dead letters replayed.\n"]);
  assert.deepEqual(await listLetters(service), []);
});

for (const [answer, exitCode] of [["yes", 0], ["no", 2], [undefined, 2]] as const) {
  Deno.test(`operator dead-letter discard --kind asks, and obeys ${answer ?? "no terminal"}`, async () => {
    await using service = await createOperatedContext();
    await storeLetter(service);
    const questions: string[] = [];

    const run = await runCommand(service, "dead-letter discard --kind start", {
      ask(question) {
        questions.push(question);
        return answer;
      },
    });

    assert.equal(run.exitCode, exitCode);
    assert.match(questions.join(), /^Discard all dead letters of kind start\?/);
    assert.equal((await listLetters(service)).length, exitCode === 0 ? 0 : 1);
  });
}

Deno.test("operator dead-letter list fills its page although few of many are meant", async () => {
  await using service = await createOperatedContext();
  const sets = Array.from({ length: 2_500 }, (_, number) => {
    const id = `${String(number).padStart(8, "0")}-0000-4000-8000-000000000000`;
    const reason = number % 500 === 0 ? "bug" : "jumio_status";
    const value: DeadLetter = {
      v: 1,
      kind: START.name,
      id,
      data: { locale: "en" },
      reason,
      failures: 9,
      deadAt: 1,
    };
    return { key: deadLetterKey(START, id), value };
  });
  for (let at = 0; at < sets.length; at += 500) {
    await service.store.commit({ sets: sets.slice(at, at + 500) });
  }

  const first = await runCommand(service, "dead-letter list --reason bug --limit 3");
  const cursor = /--cursor (\S+)$/m.exec(first.stderr)?.[1];
  const rest = await runCommand(service, `dead-letter list --reason bug --cursor ${cursor}`);

  const count = (text: string) =>
    text.split("\n").filter((line) => line.startsWith("start")).length;
  assert.deepEqual([count(first.stdout), count(rest.stdout)], [3, 2]);
  assert.doesNotMatch(rest.stderr, /--cursor/);
});
