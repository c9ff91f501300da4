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

const FILES: readonly [what: string, content: Uint8Array | undefined, cure: RegExp][] = [
  ["a damaged file", crypto.getRandomValues(new Uint8Array(20_000)), /restore it from a backup/],
  ["a folder", undefined, /must name a file/],
];

for (const [what, content, cure] of FILES) {
  Deno.test(`deno task start ends with one line that says what to do about ${what} as KV_PATH`, async () => {
    const name = `data/test-${crypto.randomUUID()}`;
    const path = new URL(name, ROOT);
    await Deno.mkdir(new URL("data/", ROOT), { recursive: true });
    if (content === undefined) await Deno.mkdir(path);
    else await Deno.writeFile(path, content);

    const { code, log } = await run({
      ...ENV,
      "PORT": String(getFreePort()),
      "KV_PATH": `./${name}`,
    });
    await Deno.remove(path, { recursive: true });

    assert.equal(code, 1);
    const errors = log.split("\n").filter((line) => line.includes('"level":"error"'));
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? "", cure);
  });
}

Deno.test("deno task start ends with one line that names the missing token of a KV server", async () => {
  const kvPath = `http://127.0.0.1:${getFreePort()}`;

  const { code, log } = await run({ ...ENV, "PORT": String(getFreePort()), "KV_PATH": kvPath });

  assert.equal(code, 1);
  assert.match(log, /Set DENO_KV_ACCESS_TOKEN/);
});

Deno.test("deno task start starts while its KV server cannot be reached", async () => {
  const port = getFreePort();
  const env = {
    ...ENV,
    "PORT": String(port),
    "KV_PATH": `http://127.0.0.1:${getFreePort()}`,
    "DENO_KV_ACCESS_TOKEN": "a-token-of-twelve-characters",
  };
  const service = await startService({ root: ROOT, env, stdout: "null", stderr: "null" });
  const url = `http://127.0.0.1:${port}`;
  await service.ready(url);
  const hook = {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-webhook-secret": ENV["ORY_WEBHOOK_SECRET"],
    },
    body: JSON.stringify({ "identity_id": crypto.randomUUID() }),
  };

  const answers = await Promise.all([
    fetch(`${url}/health`),
    fetch(`${url}/ready`),
    fetch(`${url}/jumio/validate`, hook),
    fetch(`${url}/jumio/initiate`, hook),
  ]);
  for (const answer of answers) await answer.body?.cancel();
  await service.stop();

  assert.deepEqual(answers.map(({ status }) => status), [200, 503, 200, 503]);
});
