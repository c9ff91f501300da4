// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { ConfigError } from "../../lib/config/error.ts";
import { UpstreamError } from "../../lib/upstream/error.ts";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { runOperator } from "./run.ts";
import { type Command, RefusedError, UsageError } from "./command.ts";

const LIST: Command = {
  name: "fruit list",
  summary: "Lists fruit",
  about: "Reads the basket.",
  operands: { usage: "[BASKET]", min: 0, max: 1 },
  flags: {
    kinds: { value: "KIND,…", summary: "Only these kinds" },
    ripe: { summary: "Only ripe fruit" },
  },
  run(args, { paint, progress }) {
    progress("looking");
    const data = {
      basket: args.operands[0] ?? null,
      kinds: args.list("kinds") ?? null,
      ripe: args.has("ripe"),
    };
    const notes = ["It was dark"];
    return Promise.resolve({ exitCode: 3, text: `${paint.bad("rotten")}\n`, data, notes });
  },
};

const fails = (error: Error): Command => ({
  name: "fail",
  summary: "Fails",
  about: "",
  flags: {},
  run: () => Promise.reject(error),
});

async function run(
  argv: readonly string[],
  { commands = [LIST], ...options }: Parameters<typeof createTestRuntime>[0] & {
    commands?: readonly Command[];
  } = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { runtime, stdout, stderr } = createTestRuntime(options);
  const exitCode = await runOperator(argv, { commands, runtime });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

Deno.test("runOperator() runs the command of two words, with its flags and operands", async () => {
  const { exitCode, stdout, stderr } = await run(
    ["fruit", "list", "north", "--kinds=fig, plum", "--ripe", "--json"],
  );

  assert.equal(exitCode, 3);
  assert.deepEqual(JSON.parse(stdout), { basket: "north", kinds: ["fig", "plum"], ripe: true });
  assert.equal(stderr, "It was dark\n");
});

Deno.test("runOperator() prints the version, and nothing else", async () => {
  const { exitCode, stdout, stderr } = await run(["--version"]);

  assert.deepEqual([exitCode, stderr], [0, ""]);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

Deno.test("runOperator() prints no colour and no progress into a pipe", async () => {
  const { stdout, stderr } = await run(["fruit", "list"]);

  assert.deepEqual([stdout, stderr], ["rotten\n", "It was dark\n"]);
});

Deno.test("runOperator() prints colour and progress on a terminal, and removes the progress at the end", async () => {
  const { stdout, stderr } = await run(["fruit", "list"], { isTerminal: true });

  assert.equal(stdout, "\x1b[31mrotten\x1b[0m\n");
  assert.equal(stderr, "\r\x1b[Klooking\r\x1b[KIt was dark\n");
});

Deno.test("runOperator() prints no colour if NO_COLOR is set", async () => {
  const { stdout } = await run(["fruit", "list"], { isTerminal: true, env: { "NO_COLOR": "1" } });

  assert.equal(stdout, "rotten\n");
});

for (const argv of [["--help"], ["-h"], ["help"]]) {
  Deno.test(`runOperator() lists the commands for ${argv}`, async () => {
    const { exitCode, stdout, stderr } = await run(argv);

    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /^ {2}fruit list {2}Lists fruit$/m);
  });
}

Deno.test("runOperator() lists the commands as an error if none is given", async () => {
  const { exitCode, stdout, stderr } = await run([]);

  assert.deepEqual([exitCode, stdout], [2, ""]);
  assert.match(stderr, /fruit list/);
});

for (const argv of [["fruit", "list", "--help"], ["fruit", "list", "-h", "a", "b", "c"]]) {
  Deno.test(`runOperator() explains a command for ${argv.join(" ")}`, async () => {
    const { exitCode, stdout } = await run(argv);

    assert.equal(exitCode, 0);
    assert.match(stdout, /^Usage: deno task operator fruit list \[BASKET\] \[FLAGS\]$/m);
    assert.match(stdout, /^ {2}--kinds KIND,… {2}Only these kinds$/m);
    assert.match(stdout, /^ {2}--json {10}Print the result as JSON$/m);
  });
}

for (
  const [name, argv, message] of [
    ["an unknown command", ["fruits"], /Unknown command "fruits"/],
    [
      "the first word of a command",
      ["fruit"],
      /"fruit" is only the start of a command. Choose one of: fruit list/,
    ],
    ["an unknown flag", ["fruit", "list", "--raw"], /Unknown option '--raw'/],
    [
      "a flag without its value",
      ["fruit", "list", "--kinds"],
      /'--kinds <value>' argument missing/,
    ],
    [
      "too many operands",
      ["fruit", "list", "a", "b"],
      /Wrong number of operands: "fruit list" takes \[BASKET\]/,
    ],
  ] as const
) {
  Deno.test(`runOperator() answers ${name} with exit code 2 and a pointer to the help`, async () => {
    const { exitCode, stdout, stderr } = await run(argv);

    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, message);
    assert.match(stderr, /\nSee deno task operator .*--help\n$/);
  });
}

for (
  const [error, exitCode, message] of [
    [new UsageError("No such basket"), 2, "No such basket\nSee deno task operator fail --help\n"],
    [
      new UpstreamError("kratos", "status", { action: "read it", status: 401 }),
      1,
      "Cannot read it: status 401\n",
    ],
    [new RefusedError("Wrong state"), 3, "Wrong state\n"],
    [
      new ConfigError(["PORT is bad"]),
      2,
      "Cannot start: settings are missing or wrong:\n  - PORT is bad\n",
    ],
  ] as const
) {
  Deno.test(`runOperator() turns a ${error.name} into a message and exit code ${exitCode}`, async () => {
    const result = await run(["fail"], { commands: [fails(error)] });

    assert.deepEqual(result, { exitCode, stdout: "", stderr: message });
  });
}

Deno.test("runOperator() rethrows an unexpected error", async () => {
  await assert.rejects(run(["fail"], { commands: [fails(new RangeError("bug"))] }), RangeError);
});
