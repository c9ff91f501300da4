import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { startService } from "../../sandbox/processes/service.ts";
import { getFreePort } from "../../sandbox/processes/loopback.ts";

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

/** The command of `deno task start`. */
async function createCommand(env: Record<string, string>): Promise<Deno.Command> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const [, ...args]: string[] = tasks.start.command.split(" ");
  return new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { ...env, "DENO_NO_PROMPT": "1" },
    stdout: "piped",
    stderr: "null",
  });
}

/** Runs it to its end. */
async function run(env: Record<string, string>): Promise<{ code: number; log: string }> {
  const { code, stdout } = await (await createCommand(env)).output();
  return { code, log: new TextDecoder().decode(stdout) };
}

/** Runs it until it has logged an error, and stops it then. */
async function runUntilError(env: Record<string, string>): Promise<string> {
  const child = (await createCommand(env)).spawn();
  let log = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    log += text;
    if (log.includes('"level":"error"')) break;
  }
  child.kill("SIGKILL");
  await child.status;
  return log;
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

Deno.test("deno task start says so when another program holds its KV file", async () => {
  const name = `data/test-${crypto.randomUUID()}`;
  const path = fileURLToPath(new URL(name, ROOT));
  await Deno.mkdir(new URL("data/", ROOT), { recursive: true });
  (await Deno.openKv(path)).close();
  const holder = new DatabaseSync(path);
  holder.exec("BEGIN EXCLUSIVE");

  const log = await runUntilError({
    ...ENV,
    "PORT": String(getFreePort()),
    "KV_PATH": `./${name}`,
  });
  holder.close();
  // SQLite may have removed the last two by itself.
  for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => {});

  assert.match(log, /Cannot write to KV: hooks and callbacks get 503.*who else holds the file/);
});

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
