// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { applyPatch } from "diff";
import { parse, stringify } from "yaml";
import { HOOK_SECRET } from "../support/context.ts";
import {
  createGoodConfig,
  diagnose,
  type KratosConfig,
  login,
  SERVICE,
  set,
} from "../support/doctor.ts";
import { CONFIG_CASES } from "../support/doctor_config_cases.ts";
import { operate, type OperatorRun } from "../support/operator.ts";

const ENV = { "PUBLIC_URL": SERVICE, "ORY_WEBHOOK_SECRET": HOOK_SECRET };

/**
 * What the diff does not repair, besides the tokenizer: it is not in our hooks, or only the operator
 * knows what is meant.
 */
const LEFT: ReadonlySet<string> = new Set([
  "mapper_replaces_metadata",
  "session_while_pending_blocked",
  "secret_not_filled_in",
  "private_address_blocked",
]);

function fix(text: string, env: Record<string, string> = {}): Promise<OperatorRun> {
  return operate(["doctor", "--offline", "--fix", "kratos.yml"], {
    env: { ...ENV, ...env },
    files: { "kratos.yml": text },
  });
}

/** A file with comments and aliases. */
function write(config: KratosConfig): string {
  return `# of a shop\n${stringify(config, { lineWidth: 0 })}`;
}

for (const [id, name, where, spoil, env] of CONFIG_CASES) {
  Deno.test(`operator doctor --fix repairs ${name}, or says that it is left`, async () => {
    const config = await createGoodConfig();
    spoil(config);
    const text = write(config);

    const { stdout, stderr } = await fix(text, env);

    const repaired = stdout === "" ? text : applyPatch(text, stdout);
    assert(repaired !== false);
    const filled = repaired.replaceAll("${ORY_WEBHOOK_SECRET}", HOOK_SECRET);
    const { findings } = await diagnose(parse(filled), { ...env, "PUBLIC_URL": SERVICE });
    const isLeft = LEFT.has(id) || where.startsWith("session.");
    // The secret is filled in here, as the operator does it.
    const isFilledIn = id === "secret_not_filled_in";
    assert.deepEqual(
      findings.map(({ id, where }) => [id, where]),
      isLeft && !isFilledIn ? [[id, where]] : [],
    );
    assert.equal(stderr.includes(`Left for you:\n  ${id}: ${where}\n`), isLeft);
    assert.equal((await fix(filled, env)).stdout, "");
  });
}

Deno.test("operator doctor --fix prints nothing but the lines that change", async () => {
  const config = await createGoodConfig();
  set(login(config), { method: "PUT" });

  const { exitCode, stdout, stderr } = await fix(write(config));

  const changed = stdout.split("\n").filter((line) => /^[+-](?![+-])/.test(line));
  assert.deepEqual(changed.map((line) => line.replace(/\s+/, " ")), [
    "- method: PUT",
    "+ method: POST",
  ]);
  assert.match(stdout, /^--- kratos\.yml$/m);
  assert.match(stderr, /as secret as the file/);
  assert.equal(exitCode, 3);
});

Deno.test("operator doctor --fix prints no diff for a correct configuration", async () => {
  const { exitCode, stdout, stderr } = await fix(write(await createGoodConfig()));

  assert.deepEqual([exitCode, stdout], [0, ""]);
  assert.match(stderr, /There is nothing that --fix repairs/);
});

Deno.test("operator doctor --fix repairs the configuration within a whole project", async () => {
  const config = await createGoodConfig();
  set(login(config), { method: "PUT" });
  const text = JSON.stringify({ services: { identity: { config } } }, null, 2);

  const { stdout } = await fix(text);

  set(login(config), { method: "POST" });
  assert.equal(
    applyPatch(text, stdout),
    JSON.stringify({ services: { identity: { config } } }, null, 2),
  );
});

Deno.test("operator doctor --fix keeps private addresses that work", async () => {
  const config = await createGoodConfig(["--url=http://bridge:3000"]);

  assert.equal((await fix(write(config))).stdout, "");
});

Deno.test("operator doctor --fix needs PUBLIC_URL", async () => {
  const { exitCode, stderr } = await fix(write(await createGoodConfig()), { "PUBLIC_URL": "" });

  assert.equal(exitCode, 2);
  assert.match(stderr, /--fix needs PUBLIC_URL/);
});
