import assert from "node:assert/strict";
import { startService } from "../../sandbox/processes/service.ts";
import { getFreePort } from "../../sandbox/processes/loopback.ts";
import { runStart, START_ENV } from "../support/start_command.ts";

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

  assert.deepEqual([health.status, await health.json()], [200, { status: "up" }]);
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
