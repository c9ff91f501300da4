// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import { SETTINGS } from "../../lib/config/config.ts";
import { getFreePort } from "../../sandbox/processes/loopback.ts";
import { startService } from "../../sandbox/processes/service.ts";

const ROOT = new URL("../../", import.meta.url);

const { permissions, tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));

const ENV = {
  "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-hook-secret",
  "KRATOS_ADMIN_URL": "http://127.0.0.1:1",
  "JUMIO_AUTH_URL": "http://127.0.0.1:1/oauth2/token",
  "JUMIO_API_BASE_URL": "http://127.0.0.1:1/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret",
};

Deno.test("deno task start may read the settings of the service, and no other variable", () => {
  assert.match(tasks.start.command, /^deno run --quiet --frozen --no-prompt -P=start main\.ts$/);

  // Deno's own KV client reads the last one, for a denokv server.
  assert.deepEqual(
    permissions.start.env.toSorted(),
    [...SETTINGS, "DENO_KV_ACCESS_TOKEN"].toSorted(),
  );
});

Deno.test("deno task start uses the network and ./data, and nothing else", () => {
  const { env: _env, ...others } = permissions.start;

  assert.deepEqual(others, { net: true, read: ["./data"], write: ["./data"] });
});

Deno.test("deno task operator may read the settings and its own variables, and no other variable", () => {
  const own = ["OPERATOR_URL", "USER", "NO_COLOR"];
  // The YAML parser asks for these two.
  const ofYaml = ["LOG_TOKENS", "LOG_STREAM"];

  assert.match(tasks.operator.command, /^deno run --quiet --no-prompt -P=operator cli\/main\.ts$/);
  assert.deepEqual(
    permissions.operator.env.toSorted(),
    [...SETTINGS, ...own, ...ofYaml].toSorted(),
  );
});

Deno.test("deno task operator writes no file and starts no program", () => {
  const { env: _env, ...others } = permissions.operator;

  assert.deepEqual(others, { net: true, read: true });
});

Deno.test("unit tests use no network, no file and no program", () => {
  assert.deepEqual(permissions.unit, { env: ["LOG_TOKENS", "LOG_STREAM"] });
});

Deno.test("every permission set is used by a task, and every task names a set that exists", () => {
  const commands = Object.values<{ command: string }>(tasks).map(({ command }) => command);
  const used = commands.flatMap((command) => [...command.matchAll(/ -P=(\w+)/g)])
    .map(([, name]) => name);

  assert.deepEqual(new Set(used), new Set(Object.keys(permissions)));
  assert.deepEqual(commands.filter((command) => /--allow-|-A\b/.test(command)), []);
});

Deno.test("the service starts with its KV file outside ./data when the command names the folder", async () => {
  const folder = await Deno.makeTempDir();
  const port = getFreePort();
  const service = await startService({
    root: ROOT,
    env: { ...ENV, "PORT": String(port), "KV_PATH": join(folder, "kv.sqlite3") },
    // As docs/deploy.md says: a flag takes the place of that permission of the set.
    runArgs: [`--allow-read=${folder}`, `--allow-write=${folder}`],
    stdout: "null",
  });

  await service.ready(`http://127.0.0.1:${port}`);
  await service.stop();

  const files = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assert(files.includes("kv.sqlite3"));
  await Deno.remove(folder, { recursive: true });
});
