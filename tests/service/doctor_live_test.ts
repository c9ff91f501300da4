// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { SERVICE } from "../support/doctor.ts";
import { checkLive, LIVE_CASES, refuses } from "../support/doctor_live.ts";

Deno.test("operator doctor finds nothing in a correct setup, and changes nothing", async () => {
  const { run, ids, started } = await checkLive();

  assert.deepEqual([run.exitCode, ids, started], [0, [], 0]);
});

for (const [id, name, options] of LIVE_CASES) {
  Deno.test(`operator doctor finds that ${name}`, async () => {
    const { run, ids } = await checkLive(options);

    assert.deepEqual([run.exitCode, ids], [3, [id]]);
  });
}

for (const url of ["https://kyc.example.com:8443", "https://203.0.113.7", "http://localhost"]) {
  Deno.test(`operator doctor finds that Jumio does not accept ${url} for callbacks`, async () => {
    const { ids } = await checkLive({
      env: { "PUBLIC_URL": url },
      args: [`--url=${SERVICE}`],
      override: refuses("POST", "/jumio/callback/"),
    });

    assert.deepEqual(ids, ["public_url_unfit"]);
  });
}

Deno.test("operator doctor finds every wrong setting, and then makes no network call", async () => {
  const { ids, asked } = await checkLive({ env: { "KRATOS_ADMIN_URL": "", "PORT": "x" } });

  assert.deepEqual(ids, ["settings_unusable", "settings_unusable"]);
  assert.deepEqual(asked, []);
});

Deno.test("operator doctor --start-one starts one transaction and prints its id", async () => {
  const { run, ids, started } = await checkLive({ args: ["--start-one"] });

  assert.deepEqual([ids, started], [[], 1]);
  assert.match(JSON.parse(run.stdout).startedExecution, /^[0-9a-f-]{36}$/);
});

Deno.test("operator doctor without PUBLIC_URL says what it did not check", async () => {
  const { run, ids } = await checkLive({ env: { "PUBLIC_URL": "" } });

  assert.deepEqual(ids, []);
  assert.match(run.stdout, /The service and its KV store: set PUBLIC_URL or use --url/);
  assert.match(run.stdout, /refuses unsigned callbacks/);
});
