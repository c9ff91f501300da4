// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { recordEvent } from "../../lib/history/timeline.ts";
import { mergeWrites } from "../../lib/kv/write.ts";
import type { TestContext } from "../../tests/support/context.ts";
import { createOperatedContext, createPerson } from "../../tests/support/operator_api.ts";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { OPERATOR_ENV, runCommand } from "../../tests/support/service_commands.ts";
import { COMMANDS } from "../commands.ts";
import { runOperator } from "../frame/run.ts";

interface Line extends Record<string, unknown> {
  readonly "subject_id": string;
  readonly at: string;
  readonly event: string;
}

/** The events of people. An export that has more than one page also has who exported. */
function parseLines(stdout: string): Line[] {
  const lines: Line[] = stdout.split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return lines.filter((line) => line["subject_id"] !== "exports");
}

/** Stores the events of many people, a day after each other. */
async function storePeople(
  service: TestContext,
  { people, eventsEach }: { people: number; eventsEach: number },
): Promise<void> {
  for (let person = 0; person < people; person += 50) {
    const writes = Array.from({ length: 50 }, () => crypto.randomUUID()).flatMap((id) =>
      Array.from({ length: eventsEach }, (_, day) =>
        recordEvent(id, {
          at: service.clock.now + day * 86_400_000,
          event: "publish",
          details: { outcome: "applied", day },
        }))
    );
    await service.store.commit(mergeWrites(...writes));
  }
}

Deno.test("operator export prints every event as a line of JSON, also with --json", async () => {
  await using service = await createOperatedContext();
  const id = await createPerson(service, { outcome: "warning" });
  await runCommand(service, `verification decide ${id} verified --reason passport_seen`);

  const { exitCode, stdout, stderr } = await runCommand(service, "export");
  const again = await runCommand(service, "export --json");

  const lines = parseLines(stdout);
  assert.equal(exitCode, 0);
  assert.deepEqual(parseLines(again.stdout), lines);
  // Subjects stand in the order of their names, and the person's id is random.
  assert.match(again.stdout, /^\{"subject_id":"exports",.*"event":"view","by":"grace",.*\}$/m);
  assert.equal(stderr, `Exported: ${lines.length} events\n`);
  assert.deepEqual(new Set(lines.map((line) => line["subject_id"])), new Set([id]));
  const [decision] = lines.filter(({ event }) => event === "operator");
  assert.deepEqual([decision?.["action"], decision?.["reason"], decision?.["by"]], [
    "decide",
    "passport_seen",
    "grace",
  ]);
});

Deno.test("operator export takes --since and --until", async () => {
  await using service = await createOperatedContext();
  await storePeople(service, { people: 50, eventsEach: 4 });

  const { stdout } = await runCommand(service, "export --since 2026-05-05 --until 2026-05-07");

  const days = Map.groupBy(parseLines(stdout), (line) => line["day"]);
  assert.deepEqual([...days].map(([day, lines]) => [day, lines.length]).sort(), [[1, 50], [2, 50]]);
});

Deno.test("operator export streams a large KV: it asks for a page only after it has printed the one before", async () => {
  await using service = await createOperatedContext();
  await storePeople(service, { people: 1_200, eventsEach: 4 });
  let received = 0;
  let largest = 0;
  const { runtime, stdout, stderr } = createTestRuntime({
    env: OPERATOR_ENV,
    isTerminal: false,
    async fetch(input, init) {
      const printed = stdout().split("\n").length - 1;
      assert.equal(printed, received, "A page is held back");
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      const answer = await service.send(pathname + search, request);
      const { events } = await answer.clone().json();
      received += events.length;
      largest = Math.max(largest, events.length);
      return answer;
    },
  });

  const exitCode = await runOperator(["export"], { commands: COMMANDS, runtime });

  const lines = parseLines(stdout());
  assert.equal(exitCode, 0);
  assert.equal(lines.length, 4_800);
  assert.equal(new Set(lines.map((line) => `${line["subject_id"]} ${line["day"]}`)).size, 4_800);
  assert(largest <= 500, String(largest));
  const order = lines.map((line) => `${line["subject_id"]} ${line.at}`);
  assert.deepEqual(order, order.toSorted());
  assert.equal(stderr(), "Exported: 4801 events\n");
});

Deno.test("operator export shows a bar on a terminal, and it does not get between the lines", async () => {
  await using service = await createOperatedContext();
  await storePeople(service, { people: 600, eventsEach: 2 });
  const screen: string[] = [];
  const output = { isTerminal: true, write: (text: string) => void screen.push(text) };
  const { runtime } = createTestRuntime({
    env: OPERATOR_ENV,
    fetch(input, init) {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      return service.send(pathname + search, request);
    },
  });

  await runOperator(["export"], {
    commands: COMMANDS,
    runtime: { ...runtime, stdout: output, stderr: output },
  });

  const bars = screen.filter((text) => text.includes("[#"));
  assert.match(bars.at(0) ?? "", /\[#+-+\] 200 events$/);
  assert.match(bars.at(-1) ?? "", /\[#{30}\] 1201 events$/);
  const widths = bars.map((bar) => bar.split("#").length);
  assert.deepEqual(widths, widths.toSorted((a, b) => a - b));
  // Each bar is erased before a line is printed.
  for (const [index, text] of screen.entries()) {
    if (text.startsWith("{")) assert.doesNotMatch(screen[index - 1] ?? "", /#/);
  }
});

Deno.test("operator export tries a page again, and goes on without a gap", async () => {
  await using service = await createOperatedContext();
  await storePeople(service, { people: 300, eventsEach: 2 });
  let calls = 0;

  const { exitCode, stdout } = await runCommand(service, "export", {
    fetch(input, init) {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      return ++calls === 2
        ? Promise.resolve(Response.json({ title: "Not available", detail: "KV" }, { status: 503 }))
        : service.send(pathname + search, request);
    },
  });

  const lines = parseLines(stdout);
  assert.deepEqual([exitCode, lines.length], [0, 600]);
  assert.equal(new Set(lines.map((line) => `${line["subject_id"]} ${line["day"]}`)).size, 600);
});

Deno.test("operator export that cannot go on says that it is not complete, and how to go on", async () => {
  await using service = await createOperatedContext();
  await storePeople(service, { people: 300, eventsEach: 2 });
  let calls = 0;

  const broken = await runCommand(service, "export", {
    fetch(input, init) {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      return ++calls >= 3
        ? Promise.reject(new TypeError("connection refused"))
        : service.send(pathname + search, request);
    },
  });
  const cursor = /^The export is not complete\..*--cursor "(.+)"$/m.exec(broken.stderr)?.[1];
  const rest = await runCommand(service, `export --cursor ${cursor}`);
  const whole = await runCommand(service, "export");

  assert.equal(broken.exitCode, 1);
  assert.match(broken.stderr, /^Cannot reach the service/);
  assert.equal(broken.stdout + rest.stdout, whole.stdout);
});

Deno.test("operator export needs no name, and works with a read-only secret", async () => {
  await using service = await createOperatedContext({
    env: { "OPERATOR_SECRET": "auditor:ro:read-only-secret-read-only-secret-01" },
  });
  await createPerson(service, { outcome: "passed" });
  const { "USER": _, ...env } = OPERATOR_ENV;

  const { exitCode, stdout } = await runCommand(service, "export", {
    env: { ...env, "OPERATOR_SECRET": "auditor:ro:read-only-secret-read-only-secret-01" },
  });

  assert.equal(exitCode, 0);
  assert(parseLines(stdout).length > 3);
});
