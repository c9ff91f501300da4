// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parse } from "yaml";
import { createTestRuntime } from "../../tests/support/operator_runtime.ts";
import { readRenderFile, TEMPLATES } from "../../tests/support/render_files.ts";
import { runOperator } from "../frame/run.ts";
import { inlineTemplate } from "../kratos_config/templates.ts";
import { render } from "./render.ts";

const ENV = { "PUBLIC_URL": "https://bridge.example.com" };

async function run(
  args: readonly string[],
  stdin = "",
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { runtime, stdout, stderr } = createTestRuntime({
    env: ENV,
    stdin,
    readFile: readRenderFile,
  });
  const exitCode = await runOperator(["render", ...args], { commands: [render], runtime });
  return { exitCode, stdout: stdout(), stderr: stderr() };
}

Deno.test("operator render prints a part of a kratos.yml, with a note about the secret", async () => {
  const { exitCode, stdout, stderr } = await run(["--methods", "password"]);

  assert.equal(exitCode, 0);
  const { registration, login, recovery } = parse(stdout).selfservice.flows;
  assert.deepEqual(Object.keys(registration.after), ["password", "hooks"]);
  const [{ config }] = login.after.password.hooks;
  assert.equal(config.url, "https://bridge.example.com/jumio/validate");
  assert.equal(config.auth.config.value, "${ORY_WEBHOOK_SECRET}");
  assert.deepEqual(recovery.after.hooks, login.after.password.hooks);
  assert.match(stderr, /Kratos does not replace it/);
});

Deno.test("operator render prints one template", async () => {
  const { stdout, stderr } = await run(["--format", "initiate.jsonnet"]);

  assert.deepEqual([stdout, stderr], [TEMPLATES.initiate, ""]);
});

for (const format of ["json-patch", "ory-cli"]) {
  Deno.test(`operator render --format ${format} warns that it replaces whole lists`, async () => {
    const { stdout, stderr } = await run(["--format", format]);

    assert.match(stdout, /\/selfservice\/flows\/login\/after\/oidc\/hooks/);
    assert.match(stderr, /This replaces whole lists of hooks/);
  });
}

Deno.test("operator render --json prints the operations and the notes", async () => {
  const { stdout } = await run(["--format", "ory-cli", "--json"]);

  const { format, operations, notes } = JSON.parse(stdout);
  assert.deepEqual([format, operations.length, notes.length], ["ory-cli", 7, 2]);
});

Deno.test("operator render --templates says which commands print the templates", async () => {
  const { stderr } = await run(["--templates", "file:///etc/kratos", "--ask-only", "rejected"]);

  assert.match(stderr, /^Kratos reads the templates in file:\/\/\/etc\/kratos\./m);
  assert.match(stderr, /^ {2}operator render --format validate\.jsonnet --ask-only rejected$/m);
});

Deno.test("operator render --ask-all asks about verified people too, and its note keeps the flag", async () => {
  const { stdout } = await run(["--format", "validate.jsonnet", "--ask-all"]);
  const { stderr } = await run(["--templates", "file:///etc/kratos", "--ask-all"]);

  assert.match(stdout, /^local asked = \[.*'verified'\];$/m);
  assert.match(stderr, /^ {2}operator render --format validate\.jsonnet --ask-all$/m);
});

for (const format of ["json-patch", "ory-cli"]) {
  Deno.test(`operator render --format ${format} --methods keeps the lists of the flows`, async () => {
    const { stdout } = await run(["--format", format, "--methods", "password"]);

    for (const flow of ["registration", "login", "recovery"]) {
      assert.match(stdout, new RegExp(`/selfservice/flows/${flow}/after/hooks\\b`));
    }
  });
}

Deno.test("operator render --merge --methods adds the lists of the flows", async () => {
  const { stdout } = await run(["--merge", "-", "--methods", "oidc"], "{}");

  const { registration, login, recovery } = JSON.parse(stdout).selfservice.flows;
  assert.deepEqual(
    [registration, login, recovery].map(({ after }) => Object.keys(after)),
    [["oidc", "hooks"], ["oidc", "hooks"], ["hooks"]],
  );
});

Deno.test("operator render --merge keeps comments and plans nothing the second time", async () => {
  const existing = "# kratos.yml of a shop\nserve: { public: { port: 4433 } } # default\n";

  const first = await run(["--merge", "-"], existing);
  const second = await run(["--merge", "-"], first.stdout);

  assert.match(first.stdout, /^# kratos.yml of a shop\nserve: .* # default$/m);
  assert.equal(second.stdout, first.stdout);
  assert.match(second.stderr, /Nothing to change/);
});

Deno.test("operator render --merge keeps the address of a template with the same content", async () => {
  const first = await run(["--merge", "-"], "{}");
  const uri = "file:///work/jsonnet/validate.jsonnet";
  const existing = JSON.parse(first.stdout);
  existing.selfservice.flows.recovery.after.hooks[0].config.body = uri;

  const second = await run(["--merge", "-"], JSON.stringify(existing));

  assert.equal(
    JSON.parse(second.stdout).selfservice.flows.recovery.after.hooks[0].config.body,
    uri,
  );
  assert.match(second.stderr, /Nothing to change/);
});

Deno.test("operator render --merge refuses a whole project", async () => {
  const project = JSON.stringify({ services: { identity: { config: { selfservice: {} } } } });

  const { exitCode, stdout, stderr } = await run(["--merge", "-"], project);

  assert.deepEqual([exitCode, stdout], [2, ""]);
  assert.match(stderr, /merge into the output of `ory get identity-config` instead/);
});

const JWKS_URL = "base64://a-private-key";

Deno.test("operator render --tokenizer adds the claims mapper, and a reference in place of the keys", async () => {
  const { stdout, stderr } = await run(["--tokenizer", "jumio"]);

  const { selfservice, session } = parse(stdout);
  assert(selfservice.flows.registration);
  assert.deepEqual(session.whoami.tokenizer.templates, {
    jumio: {
      "claims_mapper_url": inlineTemplate(TEMPLATES.claims),
      "jwks_url": "${TOKENIZER_JWKS_URL}",
      ttl: "1m",
    },
  });
  assert.match(stderr, /envsubst '\$\{ORY_WEBHOOK_SECRET\} \$\{TOKENIZER_JWKS_URL\}'/);
});

Deno.test("operator render --tokenizer --merge changes nothing the second time", async () => {
  const existing = "session: { whoami: { required_aal: aal1 } } # ours\n";

  const first = await run(["--tokenizer", "jumio", "--merge", "-"], existing);
  const second = await run(["--tokenizer", "jumio", "--merge", "-"], first.stdout);

  assert.equal(parse(first.stdout).session.whoami["required_aal"], "aal1");
  assert.equal(second.stdout, first.stdout);
  assert.match(second.stderr, /Nothing to change/);
  assert.doesNotMatch(second.stderr, /TOKENIZER_JWKS_URL/);
});

for (const format of ["json-patch", "ory-cli"]) {
  Deno.test(`operator render --tokenizer --format ${format} prints no key of an existing template`, async () => {
    const templates = { other: { "jwks_url": JWKS_URL }, jumio: { "jwks_url": JWKS_URL } };
    const existing = JSON.stringify({ session: { whoami: { tokenizer: { templates } } } });

    const merged = await run(
      ["--tokenizer", "jumio", "--format", format, "--merge", "-"],
      existing,
    );
    const added = await run(["--tokenizer", "jumio", "--format", format]);

    assert(merged.stdout.includes("/tokenizer/templates/jumio/claims_mapper_url"));
    assert(!`${merged.stdout}${merged.stderr}`.includes(JWKS_URL));
    assert(added.stdout.includes("/session/whoami/tokenizer/templates/jumio"));
    assert(added.stdout.includes("TOKENIZER_JWKS_URL"));
  });
}

Deno.test("operator render --tokenizer --templates refers to the mapper's file and says how to get it", async () => {
  const { stdout, stderr } = await run([
    "--tokenizer",
    "jumio",
    "--templates",
    "file:///etc/kratos",
  ]);
  const { stdout: template } = await run(["--format", "claims.jsonnet"]);

  const { jumio } = parse(stdout).session.whoami.tokenizer.templates;
  assert.equal(jumio["claims_mapper_url"], "file:///etc/kratos/claims.jsonnet");
  assert.match(stderr, /^ {2}operator render --format claims\.jsonnet$/m);
  assert.equal(template, TEMPLATES.claims);
});

for (const name of ["a.b", "a/b", "1", "__proto__"]) {
  Deno.test(`operator render --tokenizer refuses the name "${name}"`, async () => {
    const { exitCode, stdout, stderr } = await run([`--tokenizer=${name}`]);

    assert.deepEqual([exitCode, stdout], [2, ""]);
    assert.match(stderr, /--tokenizer must be a name of letters/);
  });
}
