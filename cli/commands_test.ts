// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestRuntime } from "../tests/support/operator_runtime.ts";
import { OPERATOR_ENV } from "../tests/support/service_commands.ts";
import { COMMANDS } from "./commands.ts";
import { describeCommand, describeProgram } from "./frame/help.ts";
import { runOperator } from "./frame/run.ts";

const ID = "2d9b1a7c-64f5-4f9e-9d3a-7b0e5a1c8f44";
const ENV = { ...OPERATOR_ENV, "KRATOS_ADMIN_URL": "http://127.0.0.1:4434" };

/** What each command needs besides its name. Commands that are not here need nothing. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  "verification show": [ID],
  "verification timeline": [ID],
  "verification start": [ID],
  "verification refresh": [ID],
  "verification restart": [ID, "--yes"],
  "verification decide": [ID, "verified", "--reason=x"],
  "verification expire": [ID, "--reason=x"],
  "verification publish": [ID],
  "dead-letter show": ["publish", ID],
  "dead-letter replay": ["publish", ID],
  "dead-letter discard": ["publish", ID],
  "events replay": ["--since=1h"],
  "erase": [ID, "--yes"],
};

/** Kratos makes the token of a page. It has no form that we know. */
const FREE_FLAGS = ["page-token"];

const BAD_IDS = [
  "nobody",
  "",
  "..",
  "a/b",
  `${ID}x`,
  `${ID} `,
  ID.slice(1),
  ID.replaceAll("-", ""),
];

/** Each command with something wrong in its command line. */
const WRONG_LINES = COMMANDS.flatMap(({ name, flags, operands = { max: 0 } }) => {
  const needs = NEEDS[name] ?? [];
  const line = [...name.split(" "), ...needs];
  const valued = Object.keys(flags).filter((flag) => flags[flag]?.value !== undefined);
  const extra = Array.from({ length: operands.max + 1 }, () => "starts");
  return [
    [...line, "--unknown"],
    [...line, ...extra],
    ...(needs.length === 0 ? [] : [name.split(" ")]),
    ...valued.flatMap((flag) => [[...line, `--${flag}`], [...line, `--${flag}= `]]),
    ...valued.filter((flag) => !FREE_FLAGS.includes(flag)).map((flag) => [...line, `--${flag}=?!`]),
    ...(needs.includes(ID) ? BAD_IDS : [])
      .map((bad) => line.map((part) => part === ID ? bad : part)),
  ];
});

const OTHER_WRONG_LINES = [
  "",
  "Status",
  "verification",
  "resume stops",
  "verification list --status verifed",
  "verification list --limit 9999",
  "verification list --limit -3",
  "verification list --since 2026-02-31",
  "verification list --since 1h --until 2h",
  "verification list --cursor publish/x",
  "dead-letter list --cursor 1.2",
  `dead-letter show bread ${ID}`,
  `dead-letter show notify ${ID}`,
  `dead-letter show sweep ${ID}`,
  "dead-letter replay",
  `dead-letter replay --all publish ${ID}`,
  "dead-letter replay --all --kind publish",
  `dead-letter replay publish ${ID} --since 1h`,
  "dead-letter replay --kind publishes",
  "dead-letter list --reason kratos_stauts",
  "dead-letter discard",
  "dead-letter discard publish",
  "dead-letter discard --kind publish",
  `dead-letter discard publish ${ID} --kind publish`,
  `verification decide ${ID} pending --reason x`,
  `verification decide ${ID} verified`,
  `verification expire ${ID}`,
  `verification restart ${ID}`,
  "export --since 1h --until 2h",
  "export --cursor publish",
  "events replay",
  "doctor --offline",
  "doctor --fix",
  "doctor --url ftp://x",
  "migrate --per-second 0x10",
  "migrate --per-second 0.0001",
  "render --ask-all --ask-only none",
  "render --format validate.jsonnet --merge kratos.yml",
  "render --format claims.jsonnet --methods code",
  "render --format json-patch --templates file:///x",
].map((line) => line.split(" ").filter((part) => part !== ""));

async function runWithoutNetwork(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = ENV,
): Promise<{ exitCode: number; stderr: string; calls: number }> {
  let calls = 0;
  const { runtime, stderr } = createTestRuntime({
    env,
    fetch: () => {
      calls++;
      return Promise.reject(new TypeError("no network"));
    },
  });
  return {
    exitCode: await runOperator(argv, { commands: COMMANDS, runtime }),
    stderr: stderr(),
    calls,
  };
}

Deno.test("every command has its own name", () => {
  assert.equal(new Set(COMMANDS.map(({ name }) => name)).size, COMMANDS.length);
});

Deno.test("the program's help fits into 100 columns", () => {
  assert.doesNotMatch(describeProgram(COMMANDS), /^.{101}/m);
});

for (const command of COMMANDS) {
  Deno.test(`the help of ${command.name} fits into 100 columns`, () => {
    assert.doesNotMatch(describeCommand(command), /^.{101}/m);
  });
}

for (const argv of [...WRONG_LINES, ...OTHER_WRONG_LINES]) {
  Deno.test(`operator refuses ${JSON.stringify(argv.join(" "))} with exit code 2 before any call`, async () => {
    const { exitCode, stderr, calls } = await runWithoutNetwork(argv);

    assert.deepEqual([exitCode, calls], [2, 0], stderr);
    // Without a command, the help is shown instead.
    assert.match(
      stderr,
      argv.length === 0 ? /^Usage: /m : /^\S.*\n(?:.*\n)*See deno task operator /,
    );
  });
}

for (
  const [setting, value, expected] of [
    ["OPERATOR_URL", "ftp://x", /^OPERATOR_URL has a wrong form/],
    ["OPERATOR_URL", "bridge.example.com", /^OPERATOR_URL has a wrong form/],
    ["PUBLIC_URL", "ftp://x", /^PUBLIC_URL has a wrong form/],
    ["PUBLIC_URL", "", /^Set OPERATOR_URL or PUBLIC_URL/],
    ["OPERATOR_SECRET", "", /^Set OPERATOR_SECRET/],
    ["OPERATOR_SECRET", "\u{1f600}".repeat(32), /^OPERATOR_SECRET has a wrong form/],
  ] as const
) {
  Deno.test(`operator status refuses ${setting}=${JSON.stringify(value)}`, async () => {
    const result = await runWithoutNetwork(["status"], { ...ENV, [setting]: value });

    assert.deepEqual([result.exitCode, result.calls], [2, 0]);
    assert.match(result.stderr, expected);
  });
}

for (const value of ["", " "]) {
  Deno.test(`OPERATOR_URL=${JSON.stringify(value)} does not hide PUBLIC_URL`, async () => {
    const { exitCode, stderr } = await runWithoutNetwork(["status"], {
      ...ENV,
      "OPERATOR_URL": value,
    });

    assert.equal(exitCode, 1);
    assert.match(stderr, /^Cannot reach the service at https:\/\/kyc\.example\.com/);
  });
}
