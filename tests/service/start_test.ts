// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { startService } from "../../sandbox/processes/service.ts";
import { getFreePort } from "../../sandbox/processes/loopback.ts";
import { runStart, START_ENV } from "../support/start_command.ts";
import { VERSION } from "../../lib/upstream/version.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("deno task start listens, answers, and stops on SIGTERM with exit code 0", async () => {
  const port = getFreePort();
  const serviceUrl = `http://127.0.0.1:${port}`;
  const env = { ...START_ENV, "PORT": String(port) };
  const service = await startService({ root: ROOT, env, stdout: "null" });
  await service.ready(serviceUrl);

  const health = await fetch(`${serviceUrl}/health`);
  const ready = await fetch(`${serviceUrl}/ready`);
  await service.stop();

  assert.deepEqual([health.status, await health.json()], [200, { status: "up", version: VERSION }]);
  assert.deepEqual([ready.status, await ready.json()], [200, { status: "ready" }]);
  assert.equal((await service.status).code, 0);
});

Deno.test("deno task start logs one line that names every problem and no value, and exits with code 1", async () => {
  const { code, log } = await runStart({
    ...START_ENV,
    "PORT": "none",
    "KRATOS_ADMIN_URL": "kratos",
  });

  assert.equal(code, 1);
  const lines = log.trim().split("\n");
  assert.equal(lines.length, 1);
  const { level, message } = JSON.parse(lines[0] ?? "");
  assert.equal(level, "error");
  assert.match(message, /PORT must be/);
  assert.match(message, /KRATOS_ADMIN_URL must be/);
  assert(!log.includes("client-secret"));
});

Deno.test("deno task start says what to do if its port is in use", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  const { code, log } = await runStart({ ...START_ENV, "PORT": String(listener.addr.port) });

  assert.equal(code, 1);
  assert.match(log, /Port \d+ is in use: set PORT/);
});

Deno.test("deno task start neither fetches a package that deno.lock lacks, nor changes the file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "frozen-" });
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const lock = '{"version":"5"}';
  await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ tasks, imports }));
  await Deno.writeTextFile(`${folder}/deno.lock`, lock);
  await Deno.writeTextFile(`${folder}/main.ts`, 'import "zod";\n');
  const flags = tasks.start.command.split(" ").slice(1)
    .filter((flag: string) => !flag.startsWith("-P"));

  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args: flags, cwd: folder })
    .output();

  assert.notEqual(code, 0);
  assert.match(new TextDecoder().decode(stderr), /lockfile is out of date/);
  assert.equal(await Deno.readTextFile(`${folder}/deno.lock`), lock);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deno task start warns about secrets that can be guessed, without showing them", async () => {
  const port = getFreePort();
  const service = await startService({
    root: ROOT,
    env: {
      ...START_ENV,
      "PORT": String(port),
      "ORY_WEBHOOK_SECRET": "guessable-hook",
      "JUMIO_CALLBACK_SECRET": "guessable-call",
    },
    stdout: "piped",
  });
  const log = new Response(service.stdout).text();
  await service.ready(`http://127.0.0.1:${port}`);
  await service.stop();

  assert.match(await log, /ORY_WEBHOOK_SECRET has under 16 characters/);
  assert.match(await log, /JUMIO_CALLBACK_SECRET has under 16 characters/);
  assert(!(await log).includes("guessable"));
});

Deno.test("deno task start without HOST listens at all addresses, and 127.0.0.1 answers", async () => {
  const port = getFreePort();
  const service = await startService({
    root: ROOT,
    env: { ...START_ENV, "PORT": String(port), "HOST": "" },
    stdout: "piped",
  });
  const log = new Response(service.stdout).text();
  await service.ready(`http://127.0.0.1:${port}`);
  await service.stop();

  assert.match(await log, /"Listening","port":\d+,"host":"(?:::|0\.0\.0\.0)"/);
});

for (const host of ["192.0.2.1", "nobody.invalid"]) {
  Deno.test(`deno task start says what to do if it cannot listen at ${host}`, async () => {
    const { code, log } = await runStart({ ...START_ENV, "HOST": host });

    assert.equal(code, 1);
    assert.match(log, /Cannot listen at HOST: set it to an address of this machine/);
  });
}
