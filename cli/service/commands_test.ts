import assert from "node:assert/strict";
import { dueKey, jobCountKey } from "../../lib/jobs/job.ts";
import type { TestContext } from "../../tests/support/context.ts";
import { createOperatedContext, OPERATOR_SECRET } from "../../tests/support/operator_api.ts";
import { createOperatorIo } from "../../tests/support/operator_io.ts";
import { runOperator } from "../frame/run.ts";
import { COMMANDS } from "../commands.ts";

const HOUR = 3_600_000;

const ENV = {
  "PUBLIC_URL": "https://kyc.example.com",
  "OPERATOR_SECRET": OPERATOR_SECRET,
  "USER": "grace",
};

/** Runs a command line against a service in this process. */
async function run(
  service: TestContext,
  line: string,
  { env = ENV, ...options }: Parameters<typeof createOperatorIo>[0] = {},
): Promise<{ exitCode: number; stdout: string; stderr: string; slept: number[] }> {
  const slept: number[] = [];
  const { io, stdout, stderr } = createOperatorIo({
    env,
    fetch: (input, init) => {
      const { pathname, search } = new URL(new Request(input, init).url);
      return service.send(pathname + search, init);
    },
    now: () => service.clock.now,
    delay: (ms) => {
      slept.push(ms);
      return service.advance(ms);
    },
    ...options,
  });
  const exitCode = await runOperator(line.split(" "), { commands: COMMANDS, io });
  return { exitCode, stdout: stdout(), stderr: stderr(), slept };
}

async function createPerson(
  service: TestContext,
  outcome: "passed" | "warning" | "rejected" | undefined,
  email?: string,
): Promise<string> {
  const identityId = await service.register(email);
  await service.advance(1_000);
  if (outcome !== undefined) {
    await service.jumio.finish(service.jumio.executions.at(-1)?.id ?? "", outcome);
  }
  await service.drain();
  return identityId;
}

async function createLetter(service: TestContext): Promise<string> {
  service.kratos.faults.isAdminDown = true;
  const identityId = await createPerson(service, "passed");
  for (let hour = 0; hour < 26; hour++) await service.advance(HOUR);
  service.kratos.faults.isAdminDown = false;
  return identityId;
}

/** People who have registered while the service was down. */
async function createForgotten(service: TestContext, ...names: string[]): Promise<string[]> {
  const after = { after: {} };
  const flows = { registration: after, login: after, recovery: after };
  service.kratos.configure({ selfservice: { flows } });
  const ids = [];
  for (const name of names) ids.push(await service.register(`${name}@example.com`));
  return ids;
}

Deno.test("operator status says that nothing needs anybody, and counts", async () => {
  await using service = await createOperatedContext();
  await createPerson(service, "passed");

  const { exitCode, stdout, stderr } = await run(service, "status");

  assert.deepEqual([exitCode, stderr], [0, ""]);
  assert.match(
    stdout,
    /^Nothing needs you\n\nQUEUE {4}WAITING {2}DUE NOW {2}FIRST DUE\nstart {4}0/,
  );
  assert.match(stdout, /^verified +1 +1$/m);
});

Deno.test("operator status exits with 1 where there are dead letters", async () => {
  await using service = await createOperatedContext();
  await createLetter(service);

  const { exitCode, stdout } = await run(service, "status");

  assert.equal(exitCode, 1);
  assert.match(stdout, /^One dead letter waits for a person$/m);
  assert.match(stdout, /^kratos {4}\d+ +\d+ +2026-05-05 .* status 503$/m);
});

Deno.test("operator status exits with 1 where work is overdue", async () => {
  await using service = await createOperatedContext();
  service.jumio.faults.isDown = true;
  await service.register();
  service.clock.now += HOUR;

  const { exitCode, stdout } = await run(service, "status");

  assert.equal(exitCode, 1);
  assert.match(stdout, /^Work is overdue: start$/m);
});

Deno.test("operator status counts all that waits, and a thousand of what is due", async () => {
  await using service = await createOperatedContext();
  const due = Array.from({ length: 1_001 }, (_, id) => ({
    key: dueKey({ kind: "erase", id: String(id), dueAt: service.clock.now }),
    value: null,
  }));
  const sums = [{ key: jobCountKey("erase"), amount: 123_456 }];
  for (const sets of [due.slice(0, 500), due.slice(500)]) await service.store.commit({ sets });
  await service.store.commit({ sums });

  const { stdout } = await run(service, "status");

  assert.match(stdout, /^erase +123456 +1000\+ +2026-05-04/m);
});

Deno.test("operator verification list finds by status and time, and names the next page", async () => {
  await using service = await createOperatedContext();
  const ada = await createPerson(service, "passed", "ada@example.com");
  await service.advance(3 * HOUR);
  const bob = await createPerson(service, "rejected", "bob@example.com");

  const recent = await run(service, "verification list --since 2h");
  const verified = await run(service, "verification list --status verified --json");
  const page = await run(service, "verification list --limit 1");
  const cursor = /--cursor (\S+)/.exec(page.stderr)?.[1];
  const next = await run(service, `verification list --limit 1 --cursor ${cursor}`);

  assert.match(recent.stdout, /^IDENTITY +STATUS +VERDICT +SINCE \(UTC\) +EXECUTION$/m);
  assert(recent.stdout.includes(bob) && !recent.stdout.includes(ada));
  const [first] = JSON.parse(verified.stdout).verifications;
  assert.equal(first["identity_id"], ada);
  assert(page.stdout.includes(bob) && next.stdout.includes(ada));
  assert.equal(next.stderr, "");
});

Deno.test("operator verification list says what a moment looks like", async () => {
  await using service = await createOperatedContext();

  const { exitCode, stderr } = await run(service, "verification list --since yesterday");

  assert.equal(exitCode, 2);
  assert.match(stderr, /^--since takes 2026-05-04/);
});

Deno.test("operator verification show and timeline tell of one person, by either id", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, "passed");
  const execution = service.jumio.executions[0]?.id ?? "";

  const shown = await run(service, `verification show ${execution}`);
  const told = await run(service, `verification timeline ${identityId}`);

  assert.match(shown.stdout, new RegExp(`^Identity +${identityId}\nStatus +verified, since `));
  assert.match(shown.stdout, new RegExp(`^Execution +${execution} {2}applied`, "m"));
  assert.match(told.stdout, /^2026-05-04 09:00:00 {2}hook +accepted$/m);
  assert.match(told.stdout, /callback +accepted +status="PROCESSED"$/m);
});

Deno.test("operator verification decide settles a review, as whoever --as names", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, "warning");

  const line = `verification decide ${identityId} verified --reason manual_check --as Zoë`;
  const { exitCode, stdout } = await run(service, line);
  await service.drain();

  assert.equal(exitCode, 0);
  assert.match(stdout, /^Decided: verified\.$/m);
  assert.equal(service.metadata(identityId)["status"], "verified");
  const told = await run(service, `verification timeline ${identityId}`);
  assert.match(told.stdout, /action="decide" status="verified" reason="manual_check" by="Zoë"/);
});

for (
  const [line, message] of [
    ["verification decide ID pending --reason x", /decided as verified or as rejected/],
    ["verification decide ID verified", /--reason CODE/],
    ["verification start", /Name one identity, or all by --missing/],
    ["verification start ID --missing", /Name one identity, or all by --missing/],
    ["verification start --missing --pause soon", /number of seconds/],
    ["verification refresh ID --as a\tb", /Name yourself with --as NAME/],
    ["dead-letter replay publish", /KIND and ID, or all by --all/],
    ["dead-letter replay publish ID --all", /KIND and ID, or all by --all/],
    ["erase ID", /Nobody sits at a terminal/],
  ] as const
) {
  Deno.test(`operator refuses "${line.replace("\t", "\\t")}" as a wrong command line`, async () => {
    await using service = await createOperatedContext();

    const { exitCode, stderr } = await run(service, line);

    assert.equal(exitCode, 2);
    assert.match(stderr, message);
    assert.deepEqual(service.jumio.calls, []);
  });
}

Deno.test("operator says that a change is not for this state, with exit code 1", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, "passed");

  for (
    const line of [
      `verification decide ${identityId} rejected --reason x`,
      `verification restart ${identityId}`,
      `verification refresh ${identityId}`,
    ]
  ) {
    const { exitCode, stderr } = await run(service, line);
    assert.equal(exitCode, 1, line);
    assert.match(stderr, /^Not in this state\. /);
  }
});

Deno.test("operator verification restart lets a rejected person verify once more", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, "rejected");
  await service.advance(1_000);

  const { exitCode } = await run(service, `verification restart ${identityId}`);
  await service.drain();

  assert.equal(exitCode, 0);
  assert.equal(service.metadata(identityId)["status"], "pending");
});

Deno.test("operator verification refresh reads back what nobody called back", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, undefined);
  service.jumio.faults.callbacks = "drop";
  await service.jumio.finish(service.jumio.executions[0]?.id ?? "", "rejected");

  const { stdout } = await run(service, `verification refresh ${identityId}`);

  assert.match(stdout, /^Status +rejected/m);
});

Deno.test("operator verification start --missing only counts, and says how to go on", async () => {
  await using service = await createOperatedContext();
  await createPerson(service, undefined);
  await createForgotten(service, "bob", "cyd");

  const { exitCode, stdout, stderr } = await run(service, "verification start --missing");

  assert.equal(exitCode, 0);
  assert.equal(stdout, "2 of 3 identities have no verification.\n");
  assert.match(stderr, /Nothing was started\. To start them: --yes/);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("operator verification start --missing --yes starts all, and a second time none", async () => {
  await using service = await createOperatedContext();
  const people = await createForgotten(service, "bob", "cyd");

  const first = await run(service, "verification start --missing --yes");
  for (let second = 0; second < 3; second++) await service.advance(1_000);
  const again = await run(service, "verification start --missing --yes --json");

  assert.match(first.stdout, /^2 starts are queued\.$/m);
  for (const identityId of people) assert.equal(service.metadata(identityId)["status"], "pending");
  assert.equal(JSON.parse(again.stdout).started, 0);
  assert.equal(service.jumio.executions.length, 2);
});

Deno.test("operator verification start --missing waits for an Ory that is busy, and gives up with a place to go on", async () => {
  await using service = await createOperatedContext();
  await createForgotten(service, "bob");
  service.kratos.faults.nextStatuses = [429, 503];

  const patient = await run(service, "verification start --missing");
  service.kratos.faults.isAdminDown = true;
  const hopeless = await run(service, "verification start --missing --page-token t0k3n");

  assert.match(patient.stdout, /^1 of 1 /);
  assert.deepEqual(patient.slept, [5_000, 10_000]);
  assert.equal(hopeless.exitCode, 1);
  assert.match(hopeless.stderr, /Go on later by --page-token t0k3n$/m);
});

Deno.test("operator verification start starts one", async () => {
  await using service = await createOperatedContext();
  const [identityId] = await createForgotten(service, "bob");

  const { stdout } = await run(service, `verification start ${identityId}`);
  await service.drain();

  assert.match(stdout, /^A start is queued\.$/m);
  assert.equal(service.jumio.executions.length, 1);
});

Deno.test("operator dead-letter lists, shows and replays", async () => {
  await using service = await createOperatedContext();
  const identityId = await createLetter(service);

  const listed = await run(service, "dead-letter list");
  const shown = await run(service, `dead-letter show publish ${identityId}`);
  const replayed = await run(service, `dead-letter replay publish ${identityId}`);
  await service.drain();
  const after = await run(service, "dead-letter list");

  assert.equal(listed.exitCode, 1);
  assert.match(listed.stdout, new RegExp(`^publish {2}${identityId} {2}kratos_status`, "m"));
  assert.match(shown.stdout, /^Reason +kratos_status$/m);
  assert.equal(replayed.stdout, `publish ${identityId}: replayed\n`);
  assert.equal(service.metadata(identityId)["status"], "verified");
  assert.deepEqual([after.exitCode, after.stdout], [0, "There are none.\n"]);
});

Deno.test("operator dead-letter replay --all tries each again, once", async () => {
  await using service = await createOperatedContext();
  service.kratos.faults.isAdminDown = true;
  const people = [];
  for (const name of ["ada", "bob", "cyd"]) {
    people.push(await createPerson(service, "rejected", `${name}@example.com`));
  }
  for (let hour = 0; hour < 26; hour++) await service.advance(HOUR);
  service.kratos.faults.isAdminDown = false;

  const { stdout } = await run(service, "dead-letter replay --all");
  await service.drain();

  assert.equal(stdout, "3 are tried again.\n");
  for (const identityId of people) {
    assert.equal(service.metadata(identityId)["status"], "rejected");
  }
});

Deno.test("operator dead-letter discard throws away, once", async () => {
  await using service = await createOperatedContext();
  const identityId = await createLetter(service);

  const first = await run(service, `dead-letter discard publish ${identityId}`);
  const second = await run(service, `dead-letter discard publish ${identityId}`);

  assert.equal(first.stdout, `publish ${identityId}: discarded\n`);
  assert.equal(second.exitCode, 1);
  assert.match(second.stderr, /There is no record of this id/);
});

Deno.test("operator reconcile goes through all pages at a pace that Jumio takes", async () => {
  await using service = await createOperatedContext({
    env: { "JUMIO_STARTS_PER_SECOND": "1000" },
  });
  for (let person = 0; person < 101; person++) {
    await service.register(`p${person}@example.com`);
    service.clock.now += 1;
  }
  await service.advance(1_000);
  await service.advance(3 * HOUR);
  service.clock.now += 700_000;

  const { stdout, slept } = await run(service, "reconcile");

  assert.deepEqual(slept, [7_000, 70]);
  assert.equal(stdout, "101 open executions are polled now.\n");
});

Deno.test("operator erase asks twice, and erases only whom it was asked about", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, "passed");
  const asked: string[] = [];
  const answer = (...answers: string[]) => (question: string) => {
    asked.push(question);
    return answers.shift();
  };

  const line = `erase ${identityId}`;
  const other = await run(service, line, { ask: answer("somebody-else") });
  const hesitant = await run(service, line, { ask: answer(identityId, "no") });
  const untouched = service.metadata(identityId)["account_id"];
  const sure = await run(service, line, { ask: answer(identityId, "yes") });
  await service.advance(60_000);

  assert.deepEqual([other.exitCode, hesitant.exitCode, sure.exitCode], [2, 2, 0]);
  assert.equal(asked.length, 5);
  assert.notEqual(untouched, null);
  assert.equal(service.metadata(identityId)["account_id"], null);
  const { stdout } = await run(service, `verification show ${identityId}`);
  assert.match(stdout, /^Erased +2026-05-04 .*, asked for by grace \(secret [0-9a-f]{8}\)$/m);
});

Deno.test("operator erase --yes erases without asking", async () => {
  await using service = await createOperatedContext();
  const identityId = await createPerson(service, "passed");

  const { exitCode } = await run(service, `erase ${identityId} --yes`);
  await service.advance(60_000);

  assert.equal(exitCode, 0);
  assert.equal(service.metadata(identityId)["account_id"], null);
});

for (
  const [name, env, message] of [
    [
      "a wrong secret",
      { ...ENV, "OPERATOR_SECRET": "x".repeat(32) },
      /The service refused OPERATOR_SECRET/,
    ],
    ["a service without one", ENV, /is OPERATOR_SECRET set on the service/],
  ] as const
) {
  Deno.test(`operator says what to do about ${name}`, async () => {
    await using service = await createOperatedContext(
      name === "a service without one" ? { env: { "OPERATOR_SECRET": "" } } : {},
    );

    const { exitCode, stdout, stderr } = await run(service, "status", { env });

    assert.deepEqual([exitCode, stdout], [1, ""]);
    assert.match(stderr, message);
  });
}

Deno.test("operator says that it cannot reach the service, and what it cannot read", async () => {
  await using service = await createOperatedContext();

  const gone = await run(service, "status", { fetch: () => Promise.reject(new TypeError("no")) });
  const strange = await run(service, "status", {
    fetch: () => Promise.resolve(new Response("<html>")),
  });

  assert.equal(gone.stderr, "Cannot reach the service at https://kyc.example.com\n");
  assert.match(strange.stderr, /in a form that this program does not know/);
});
