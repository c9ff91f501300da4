// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { readRenderFile } from "../../tests/support/render_files.ts";
import { COMMANDS } from "../commands.ts";
import { runOperator } from "../frame/run.ts";

const SECRET = "hook-secret-hook-secret-0123456789";
const ENV = { "PUBLIC_URL": "https://bridge.example.com", "ORY_WEBHOOK_SECRET": SECRET };

async function run(
  argv: readonly string[],
  { stdin = "", env = ENV }: { stdin?: string; env?: Record<string, string> } = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { runtime, stdout, stderr } = createTestRuntime({ env, stdin, readFile: readRenderFile });
  const exitCode = await runOperator(argv, { commands: COMMANDS, runtime });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

async function renderConfig(secret: string): Promise<string> {
  const { stdout } = await run(["render"]);
  return stdout.replaceAll("${ORY_WEBHOOK_SECRET}", secret);
}

Deno.test("operator doctor --offline finds nothing in a rendered configuration", async () => {
  const stdin = await renderConfig(SECRET);

  const { exitCode, stdout } = await run(["doctor", "--offline", "-"], { stdin });

  assert.deepEqual([exitCode, stdout], [
    0,
    "Not checked: The running setup: --offline was given\nNo findings\n",
  ]);
});

Deno.test("operator doctor prints a finding with its places, why and fix", async () => {
  const stdin = await renderConfig("CHANGE-ME");

  const { exitCode, stdout } = await run(["doctor", "--offline", "-"], { stdin });

  assert.equal(exitCode, 3);
  assert.match(
    stdout,
    /^secret_not_filled_in\n(?: {2}selfservice\S+\n){7} {2}Why: .+\n {2}Fix: .+\n\n/,
  );
  assert.match(stdout, /\n7 findings\n$/);
});

Deno.test("operator doctor --json prints findings with why and fix", async () => {
  const stdin = await renderConfig("CHANGE-ME");

  const { stdout } = await run(["doctor", "--offline", "--json", "-"], { stdin });

  const { findings, startedExecution } = JSON.parse(stdout);
  assert.deepEqual(Object.keys(findings[0]).sort(), ["fix", "id", "level", "where", "why"]);
  assert.equal(startedExecution, null);
});

Deno.test("operator doctor finds every wrong setting and prints its name once", async () => {
  const { exitCode, stdout } = await run(["doctor"], { env: { ...ENV, "PORT": "x" } });

  assert.equal(exitCode, 3);
  assert.match(stdout, /^ {2}PORT must be /m);
  assert.match(stdout, /^ {2}KRATOS_ADMIN_URL is missing$/m);
  assert.match(stdout, /^Not checked: Ory's configuration: no FILE was given$/m);
});

for (const args of [["--offline"], ["--offline", "--start-one", "-"], ["--url", "bridge"]]) {
  Deno.test(`operator doctor refuses ${args.join(" ")} as a wrong command line`, async () => {
    const { exitCode, stdout } = await run(["doctor", ...args]);

    assert.deepEqual([exitCode, stdout], [2, ""]);
  });
}
