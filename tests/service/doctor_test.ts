// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { FINDINGS } from "../../cli/doctor/findings.ts";
import { HOOK_SECRET } from "../support/context.ts";
import {
  createGoodConfig,
  diagnose,
  login,
  registration,
  SERVICE,
  set,
} from "../support/doctor.ts";
import { CONFIG_CASES } from "../support/doctor_config_cases.ts";
import { LIVE_CASES } from "../support/doctor_live.ts";
import { operate } from "../support/operator.ts";

Deno.test("operator doctor --offline fetches no template and resolves no name", async () => {
  const config = await createGoodConfig();
  config.clients = { http: { "disallow_private_ip_ranges": true } };
  set(login(config), { body: "https://storage.example.com/validate.jsonnet" });
  const asked: string[] = [];

  const { stdout } = await operate(["doctor", "--offline", "-"], {
    stdin: JSON.stringify(config),
    env: { "ORY_WEBHOOK_SECRET": HOOK_SECRET },
    fetch(input) {
      asked.push(String(input));
      return Promise.resolve(new Response());
    },
    resolve(hostname) {
      asked.push(hostname);
      return Promise.resolve([]);
    },
  });

  assert.deepEqual(asked, []);
  assert.match(stdout, /Not checked: The template at https:\/\/storage.example.com/);
  assert.match(
    stdout,
    /Not checked: Whether Kratos's filter of private addresses blocks kyc.example.com/,
  );
});

Deno.test("operator doctor says what it cannot check", async () => {
  const config = await createGoodConfig();
  set(login(config), { body: "file:///etc/of/another/machine/validate.jsonnet" });

  const { findings, unchecked } = await diagnose(config, { "ORY_WEBHOOK_SECRET": "" }, [
    "--kratos-elsewhere",
  ]);

  assert.deepEqual(findings, []);
  assert.match(unchecked.join("\n"), /template at file:\/\/\/etc\/of\/another\/machine/);
  assert.match(unchecked.join("\n"), /secret of the hooks: ORY_WEBHOOK_SECRET is not set here/);
});

Deno.test("operator doctor reads the output of ory get project from a file", async () => {
  const project = { services: { identity: { config: await createGoodConfig() } } };
  const files = { "project.json": JSON.stringify(project) };
  const env = { "ORY_WEBHOOK_SECRET": HOOK_SECRET };

  const { exitCode, stdout } = await operate(["doctor", "--offline", "project.json"], {
    files,
    env,
  });

  assert.deepEqual([exitCode, stdout], [
    0,
    "Not checked: The running setup: --offline was given\nNo findings\n",
  ]);
});

Deno.test("operator doctor prints each finding once, with its places, why and fix", async () => {
  const config = await createGoodConfig();
  set(login(config), { method: "GET" });
  set(registration(config), { method: "GET" });
  const stdin = JSON.stringify(config);

  const { stdout } = await operate(["doctor", "--offline", "-"], { stdin });

  assert.match(stdout, /^wrong_method\n {2}\S+\n {2}\S+\n {2}Why: .+\n {2}Fix: .+\n\n/);
  assert.match(stdout, /\n2 findings\n$/);
});

Deno.test("operator doctor --url names another host that hooks may call", async () => {
  const config = await createGoodConfig();
  const env = { "PUBLIC_URL": "https://bridge.example.com" };

  const without = await diagnose(config, env);
  const having = await diagnose(config, env, [`--url=${SERVICE}`]);

  assert.deepEqual(new Set(without.findings.map(({ id }) => id)), new Set(["wrong_host"]));
  assert.deepEqual(having.findings, []);
});

Deno.test("operator doctor says when a list without a hook of its own works, and only warns", async () => {
  const config = await createGoodConfig();
  login(config).length = 0;
  const stdin = JSON.stringify(config);

  const { exitCode, stdout } = await operate(["doctor", "--offline", "-"], { stdin });

  assert.equal(exitCode, 0);
  assert.match(stdout, /^hook_in_global_list_only \(warning\)\n/);
  assert.match(stdout, /Why: This works as long as the method's own list has no hooks at all/);
  assert.match(stdout, /\nNo findings, 1 warning\n$/);
});

for (
  const args of [["--fix"], ["--fix", "--start-one", "-"], ["--offline"], [
    "--offline",
    "--start-one",
    "-",
  ], [
    "no-such-file",
  ]]
) {
  Deno.test(`operator doctor refuses ${args.join(" ")}`, async () => {
    assert.equal((await operate(["doctor", ...args])).exitCode, 2);
  });
}

Deno.test("every finding of operator doctor has a test", () => {
  const tested = [
    ...CONFIG_CASES.map(([id]) => id),
    ...LIVE_CASES.map(([id]) => id),
    "template_other_statuses",
    "public_url_unfit",
    "settings_unusable",
  ];

  assert.deepEqual(new Set(tested), new Set(Object.keys(FINDINGS)));
});

Deno.test("docs/operator.md names every finding", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/operator.md", import.meta.url));

  assert.deepEqual(Object.keys(FINDINGS).filter((id) => !page.includes(`\`${id}\``)), []);
});
