// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { applyPatch } from "diff";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { readRenderFile } from "../../tests/support/render_files.ts";
import { COMMANDS } from "../commands.ts";
import { runOperator } from "../frame/run.ts";

const ENV = {
  "PUBLIC_URL": "https://bridge.example.com",
  "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-0123456789",
};

async function run(
  argv: readonly string[],
  stdin = "",
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { runtime, stdout, stderr } = createTestRuntime({
    env: ENV,
    stdin,
    readFile: readRenderFile,
  });
  const exitCode = await runOperator(argv, { commands: COMMANDS, runtime });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

async function renderGood(): Promise<string> {
  const { stdout } = await run(["render"]);
  return stdout.replaceAll("${ORY_WEBHOOK_SECRET}", ENV["ORY_WEBHOOK_SECRET"]);
}

Deno.test("operator doctor --fix prints a diff that makes a spoiled file what it was", async () => {
  const good = await renderGood();
  const spoiled = good.replace("method: POST", "method: PUT # why?");

  const { exitCode, stdout } = await run(["doctor", "--offline", "--fix", "-"], spoiled);

  assert.equal(exitCode, 3);
  assert.equal(applyPatch(spoiled, stdout), good.replace("method: POST", "method: POST # why?"));
});

Deno.test("operator doctor --fix says what it leaves, and prints no diff for it", async () => {
  const unfilled = (await renderGood()).replace(ENV["ORY_WEBHOOK_SECRET"], "CHANGE-ME");

  const { stdout, stderr } = await run(["doctor", "--offline", "--fix", "-"], unfilled);

  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^There is nothing that --fix repairs\nLeft for you:\n {2}secret_not_filled/,
  );
});

Deno.test("operator doctor --fix prints blocks where it cannot edit the file", async () => {
  const good = await renderGood();
  const hook = /( +)- hook: web_hook\n(?:\1 .*\n)+/.exec(good)?.[0] ?? "";
  const twice = good.replace(hook, `${hook}${hook.trimEnd()} # again\n`);

  const { stdout, stderr } = await run(["doctor", "--offline", "--fix", "-"], twice);

  assert.match(stdout, /^# Only the settings that change, and not the whole file\n/);
  assert.match(stderr, /^This file cannot be changed/);
});
