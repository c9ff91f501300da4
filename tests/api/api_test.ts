// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { metadataOf, startFleet, waitForStart } from "../../sandbox/processes/fleet.ts";

/** How long each run generates requests. */
const SECONDS = 16;

const OPERATOR_SECRET = "operator-secret-of-the-api-tests-0123456";

const ROOT = new URL("../../", import.meta.url).pathname;
const CALLBACK_SECRET = "callback-secret-of-the-api-tests";

/** Runs schemathesis with all its checks. Returns its exit code and report. */
async function runSchemathesis(
  { url, headers, args = [] }: {
    url: string;
    headers: Readonly<Record<string, string>>;
    args?: readonly string[];
  },
): Promise<{ code: number; report: string }> {
  // schemathesis writes files into its working directory.
  const folder = await Deno.makeTempDir();
  const { code, stdout, stderr } = await new Deno.Command(`${ROOT}.tools/venv/bin/schemathesis`, {
    args: [
      ...args,
      "run",
      `${url}/openapi.json`,
      ...Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
      "--checks=all",
      "--continue-on-failure",
      "--no-color",
      "--warnings=off",
      `--max-time=${SECONDS}`,
    ],
    cwd: folder,
    env: {
      "JUMIO_CALLBACK_SECRET": CALLBACK_SECRET,
      "PYTHONDONTWRITEBYTECODE": "1",
      "PYTHONPATH": `${ROOT}tests/api`,
      "SCHEMATHESIS_HOOKS": "hooks",
    },
  }).output();
  await Deno.remove(folder, { recursive: true });
  const decoder = new TextDecoder();
  return { code, report: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** How many operations and requests a report speaks of. */
function figuresOf(report: string): { operations: number; requests: number } {
  return {
    operations: Number(/Tested: (\d+)/.exec(report)?.[1]),
    requests: Number(/(\d+) generated/.exec(report)?.[1]),
  };
}

Deno.test("schemathesis finds no 5xx, no undocumented status and no answer off its schema", async (t) => {
  await using fleet = await startFleet({
    instances: 1,
    kvPath: ":memory:",
    env: { "JUMIO_CALLBACK_SECRET": CALLBACK_SECRET, "OPERATOR_SECRET": OPERATOR_SECRET },
  });
  const [url = ""] = fleet.urls;
  const headers = {
    "X-Webhook-Secret": fleet.hookSecret,
    "X-Jumio-Signature": "sign",
    "Authorization": `Bearer ${OPERATOR_SECRET}`,
  };
  const { paths } = await (await fetch(`${url}/openapi.json`)).json();
  const operations = Object.values(paths).flatMap((path) => Object.keys(Object(path)));

  await t.step("as a sender who has the secrets", async () => {
    const { code, report } = await runSchemathesis({ url, headers });

    assert.equal(code, 0, report);
    // It does not ask for the document that it was started with.
    assert.equal(figuresOf(report).operations, operations.length - 1);
    assert(figuresOf(report).requests > 100, report);
  });

  await t.step("as a person with a link, and as Jumio with its token", async () => {
    const { identityId = "" } = await fleet.kratos.register({ email: "ada@example.com" });
    await waitForStart(fleet, identityId);
    const link = new URL(String(metadataOf(fleet, identityId)["verification_url"]));
    const execution = fleet.jumio.executions.find(({ userReference }) =>
      userReference === identityId
    );
    const callback = new URL(execution?.callbackUrl ?? "");
    const config = await Deno.makeTempFile({ suffix: ".toml" });
    await Deno.writeTextFile(
      config,
      [
        `[[operations]]`,
        `include-path = "/jumio/verify"`,
        `parameters = { "query.token" = "${link.searchParams.get("token")}" }`,
        `[[operations]]`,
        `include-path = "/jumio/callback/{token}"`,
        `parameters = { "path.token" = "${callback.pathname.split("/").at(-1)}" }`,
      ].join("\n"),
    );

    const { code, report } = await runSchemathesis({
      url,
      headers: {},
      args: ["--config-file", config],
    });
    await Deno.remove(config);

    assert.equal(code, 0, report);
  });
});
