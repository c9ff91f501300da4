import assert from "node:assert/strict";
import { startService } from "../../sandbox/service_process.ts";
import { getFreePort } from "../support/loopback.ts";

const ROOT = new URL("../../", import.meta.url);

const ENV = {
  "ORY_WEBHOOK_SECRET": "hook-secret-hook-secret-hook-secret",
  "KRATOS_ADMIN_URL": "http://127.0.0.1:1",
  "JUMIO_AUTH_URL": "http://127.0.0.1:1/oauth2/token",
  "JUMIO_API_BASE_URL": "http://127.0.0.1:1/api/v1",
  "JUMIO_CLIENT_ID": "client",
  "JUMIO_CLIENT_SECRET": "client-secret-that-nobody-may-see",
  "KV_PATH": ":memory:",
};

/** Runs the command of `deno task start` to its end. */
async function run(env: Record<string, string>): Promise<{ code: number; log: string }> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const [, ...args]: string[] = tasks.start.command.split(" ");
  const options = { args, cwd: ROOT, env: { ...env, "DENO_NO_PROMPT": "1" } };
  const { code, stdout } = await new Deno.Command(Deno.execPath(), options).output();
  return { code, log: new TextDecoder().decode(stdout) };
}

Deno.test("deno task start listens, answers, and stops on SIGTERM with exit code 0", async () => {
  const port = getFreePort();
  const serviceUrl = `http://127.0.0.1:${port}`;
  const env = { ...ENV, "PORT": String(port) };
  const service = await startService({ root: ROOT, env, stdout: "null" });
  await service.ready(serviceUrl);

  const health = await fetch(`${serviceUrl}/health`);
  const ready = await fetch(`${serviceUrl}/ready`);
  await service.stop();

  assert.deepEqual([health.status, await health.json()], [200, { status: "up" }]);
  assert.deepEqual([ready.status, await ready.json()], [200, { status: "ready" }]);
  assert.equal((await service.status).code, 0);
});

Deno.test("deno task start ends with one line that names every problem and no value", async () => {
  const { code, log } = await run({ ...ENV, "PORT": "none", "KRATOS_ADMIN_URL": "kratos" });

  assert.equal(code, 1);
  const lines = log.trim().split("\n");
  assert.equal(lines.length, 1);
  const { level, message } = JSON.parse(lines[0] ?? "");
  assert.equal(level, "error");
  assert.match(message, /PORT must be/);
  assert.match(message, /KRATOS_ADMIN_URL must be/);
  assert(!log.includes("client-secret"));
});

Deno.test("deno task start says what to do when its port is taken", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  const { code, log } = await run({ ...ENV, "PORT": String(listener.addr.port) });

  assert.equal(code, 1);
  assert.match(log, /Port \d+ is in use: set PORT/);
});

Deno.test("deno task start says what to do about a KV_PATH that it may not open", async () => {
  const folder = await Deno.makeTempDir();
  const env = { ...ENV, "PORT": String(getFreePort()), "KV_PATH": `${folder}/kv.sqlite3` };

  const { code, log } = await run(env);
  await Deno.remove(folder, { recursive: true });

  assert.equal(code, 1);
  assert.match(log, /Cannot open KV_PATH: this process may use \.\/data only/);
});
