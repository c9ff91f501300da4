// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { operate, type OperatorRun } from "../support/operator.ts";

const ENV = {
  "PUBLIC_URL": "https://bridge.example.com/kyc/",
  "ORY_WEBHOOK_SECRET": "secret-that-must-not-be-printed-0123456789",
};

const EXISTING = `# kratos.yml of a shop
selfservice:
  flows:
    registration:
      after:
        password:
          hooks:
            - hook: session # sign in at once
    login:
      after:
        hooks:
          - hook: web_hook
            config: { url: https://crm.example.com/seen, method: POST, body: file:///seen.jsonnet }
`;

async function render(
  args: readonly string[],
  options: Parameters<typeof operate>[1] = {},
): Promise<OperatorRun> {
  const run = await operate(["render", ...args], { env: ENV, ...options });
  assert(!`${run.stdout}${run.stderr}`.includes(ENV["ORY_WEBHOOK_SECRET"]));
  return run;
}

const flowsOf = (text: string) => parse(text).selfservice.flows;

Deno.test("operator render prints every hook of ory-actions.yaml with inlined templates and no secret", async () => {
  const { exitCode, stdout, stderr } = await render([]);

  assert.equal(exitCode, 0);
  const { registration, login, recovery } = flowsOf(stdout);
  assert.deepEqual(Object.keys(registration.after), [
    "password",
    "oidc",
    "code",
    "passkey",
    "webauthn",
    "hooks",
  ]);
  assert.equal(Object.keys(login.after).length, 8);
  const [{ config }] = login.after.totp.hooks;
  assert.equal(config.url, "https://bridge.example.com/kyc/jumio/validate");
  assert.equal(config.auth.config.value, "${ORY_WEBHOOK_SECRET}");
  assert.equal(
    new TextDecoder().decode(Uint8Array.fromBase64(config.body.replace("base64://", ""))),
    await Deno.readTextFile(new URL("../../jsonnet/validate.jsonnet", import.meta.url)),
  );
  assert.deepEqual(recovery.after.hooks, login.after.password.hooks);
  assert.match(stderr, /envsubst '\$\{ORY_WEBHOOK_SECRET\}'/);
});

Deno.test("operator render uses the methods, the address and the folder of the flags", async () => {
  const { stdout, stderr } = await render([
    "--methods=oidc,totp",
    "--url=http://bridge:3000",
    "--templates=file:///etc/kratos/",
    "--ask-only=rejected,review",
  ]);

  const { registration, login } = flowsOf(stdout);
  assert.deepEqual([Object.keys(registration.after), Object.keys(login.after)], [
    ["oidc", "hooks"],
    ["oidc", "totp", "hooks"],
  ]);
  const { url, body } = login.after.totp.hooks[0].config;
  assert.deepEqual([url, body], [
    "http://bridge:3000/jumio/validate",
    "file:///etc/kratos/validate.jsonnet",
  ]);
  assert.match(stderr, /operator render --format validate.jsonnet --ask-only rejected,review\n/);
});

Deno.test("operator render --merge changes only our hooks, and nothing the second time", async () => {
  const first = await render(["--merge", "kratos.yml"], { files: { "kratos.yml": EXISTING } });
  const second = await render(["--merge", "-"], { stdin: first.stdout });

  assert.equal(second.stdout, first.stdout);
  assert.match(second.stderr, /Nothing to change/);
  for (const line of EXISTING.split("\n")) assert(first.stdout.includes(line), line);
  const { registration, login } = flowsOf(first.stdout);
  const namesOf = (hooks: { hook: string; config?: { url: string } }[]) =>
    hooks.map(({ hook, config }) => config?.url ?? hook);
  assert.deepEqual(namesOf(registration.after.password.hooks), [
    "https://bridge.example.com/kyc/jumio/initiate",
    "session",
  ]);
  // Hooks of the global list still run for a method that now has its own list.
  assert.deepEqual(namesOf(login.after.oidc.hooks), [
    "https://bridge.example.com/kyc/jumio/validate",
    "https://crm.example.com/seen",
  ]);
  assert.match(first.stderr, /login's global list were copied to the list of "oidc"/);
});

Deno.test("operator render --merge replaces the template of registration at sign-in", async () => {
  const { stdout: good } = await render(["--methods", "password"]);
  const config = parse(good);
  const { registration, login } = config.selfservice.flows;
  const { body } = login.after.password.hooks[0].config;
  login.after.password.hooks[0].config.body = registration.after.password.hooks[0].config.body;

  const { stdout } = await render(["--methods", "password", "--merge", "-"], {
    stdin: JSON.stringify(config),
  });

  assert.equal(flowsOf(stdout).login.after.password.hooks[0].config.body, body);
});

Deno.test("operator render --merge keeps a secret in the file", async () => {
  const { stdout } = await render(["--merge", "-"], { stdin: EXISTING });
  const filled = stdout.replaceAll("${ORY_WEBHOOK_SECRET}", "filled-in");

  const again = await render(["--merge", "-"], { stdin: filled });

  assert.equal(again.stdout, filled);
});

Deno.test("operator render --format json-patch prints operations, and none after they were applied", async () => {
  const { stdout } = await render(["--format", "json-patch", "--merge", "-"], { stdin: EXISTING });
  const merged = await render(["--merge", "-"], { stdin: EXISTING });
  const again = await render(["--format", "json-patch", "--merge", "-"], { stdin: merged.stdout });

  const operations: { op: string; path: string }[] = JSON.parse(stdout);
  assert.deepEqual(operations.slice(0, 2).map(({ op, path }) => [op, path]), [
    ["add", "/services/identity/config/selfservice/flows/registration/after/password/hooks/0"],
    ["add", "/services/identity/config/selfservice/flows/registration/after/oidc"],
  ]);
  assert.deepEqual(JSON.parse(again.stdout), []);
});

Deno.test("operator render --format json-patch prints no secret of a hook that it moves", async () => {
  const { stdout: merged } = await render(["--methods", "password", "--merge", "-"], {
    stdin: EXISTING,
  });
  const config = parse(merged.replaceAll("${ORY_WEBHOOK_SECRET}", "filled-in-by-hand"));
  config.selfservice.flows.registration.after.password.hooks.reverse();

  const { stdout } = await render(["--format", "json-patch", "--merge", "-"], {
    stdin: JSON.stringify(config),
  });

  assert(stdout.includes('"hooks/1"') || stdout.includes("/hooks/1"));
  assert(!stdout.includes("filled-in-by-hand"));
});

Deno.test("operator render --format ory-cli prints a script that passes every value through the shell", async () => {
  const { stdout: script } = await render(["--format", "ory-cli", "--methods", "password"]);
  const folder = await Deno.makeTempDir();
  const ory = join(folder, "ory");
  await Deno.writeTextFile(ory, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
  await Deno.chmod(ory, 0o755);

  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", script],
    clearEnv: true,
    env: {
      "PATH": `${folder}:/usr/bin:/bin`,
      "ORY_WEBHOOK_SECRET": "new's-secret-0123 old-secret-0123456",
      "ORY_PROJECT": "project-id",
      "ORY_WORKSPACE": "workspace-id",
    },
  }).output();
  await Deno.remove(folder, { recursive: true });

  assert.equal(code, 0);
  const args = new TextDecoder().decode(stdout).trim().split("\n");
  assert.deepEqual(args.slice(0, 7), [
    "patch",
    "identity-config",
    "--project",
    "project-id",
    "--workspace",
    "workspace-id",
    "--add",
  ]);
  const [path, ...rest] = (args[7] ?? "").split("=");
  assert.equal(path, "/selfservice/flows/registration/after/password/hooks");
  const [{ config }] = JSON.parse(rest.join("="));
  assert.equal(config.auth.config.value, "new's-secret-0123");
  // The list of the method, and the flow's global list, at registration and sign-in; and recovery.
  assert.equal(args.filter((arg) => arg === "--add").length, 5);
});

for (
  const [args, message] of [
    [["--format", "xml"], /--format must be one of kratos/],
    [["--methods", "sms"], /--methods must be a list of password/],
    [["--ask-only", "sometimes"], /--ask-only must be a list of none, pending/],
    [["--ask-only", "verified"], /--ask-only must be a list of none, pending/],
    [["--ask-only", "pending"], /omits rejected/],
    [["--url", "ftp://x"], /must begin with http:/],
    [["--url", "https://u:p@x"], /without a user name/],
    [["--templates", "/etc/kratos"], /--templates must be the URL of a folder/],
    [["--templates", "file:///x", "--format", "ory-cli"], /Ory Network accepts only inlined/],
    [["--merge", "no-such-file"], /Cannot read "no-such-file"/],
  ] as const
) {
  Deno.test(`operator render refuses ${args.join(" ")}`, async () => {
    const { exitCode, stdout, stderr } = await render(args);

    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, message);
  });
}

Deno.test("operator render needs the address of the service", async () => {
  assert.equal((await operate(["render"])).exitCode, 2);
});

Deno.test("operator render --merge refuses a whole project and names the command for its configuration", async () => {
  const project = JSON.stringify({ services: { identity: { config: { selfservice: {} } } } });

  assert.match(
    (await render(["--merge", "-"], { stdin: project })).stderr,
    /ory get identity-config/,
  );
});
