// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { startService } from "../../sandbox/processes/service.ts";
import { getFreePort } from "../../sandbox/processes/loopback.ts";
import {
  readStartCommand,
  runStart,
  runStartUntilError,
  runUntilReady,
  START_ENV,
} from "../support/start_command.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("deno task start names a command that works with a KV_PATH outside ./data", async () => {
  const folder = await Deno.makeTempDir();
  const env = {
    ...START_ENV,
    "PORT": String(getFreePort()),
    "KV_PATH": `${folder}/kv.sqlite3`,
  };

  const { code, log } = await runStart(env);
  const { message } = JSON.parse(log.trim().split("\n").at(-1) ?? "");
  const [, command = ""] = /: (deno run .* main\.ts)$/.exec(message) ?? [];
  await runUntilReady(command, env);
  const { isFile } = await Deno.stat(env["KV_PATH"]);
  await Deno.remove(folder, { recursive: true });

  assert.equal(code, 1);
  assert.equal(command.replace(/--allow-\w+=\S+ /g, ""), await readStartCommand());
  assert.match(message, /^Cannot open KV_PATH: this process may use only \.\/data/);
  assert(isFile);
});

const FILES: readonly [what: string, content: Uint8Array | undefined, cure: RegExp][] = [
  ["a damaged file", crypto.getRandomValues(new Uint8Array(20_000)), /restore it from a backup/],
  ["a folder", undefined, /must name a file/],
];

for (const [what, content, cure] of FILES) {
  Deno.test(`deno task start logs one error that says what to do about ${what} as KV_PATH, and exits`, async () => {
    const name = `data/test-${crypto.randomUUID()}`;
    const path = new URL(name, ROOT);
    await Deno.mkdir(new URL("data/", ROOT), { recursive: true });
    if (content === undefined) await Deno.mkdir(path);
    else await Deno.writeFile(path, content);

    const { code, log } = await runStart({
      ...START_ENV,
      "PORT": "0",
      "KV_PATH": `./${name}`,
    });
    await Deno.remove(path, { recursive: true });

    assert.equal(code, 1);
    const errors = log.split("\n").filter((line) => line.includes('"level":"error"'));
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? "", cure);
  });
}

Deno.test("deno task start says that another program holds its KV file", async () => {
  const name = `data/test-${crypto.randomUUID()}`;
  const path = fileURLToPath(new URL(name, ROOT));
  await Deno.mkdir(new URL("data/", ROOT), { recursive: true });
  (await Deno.openKv(path)).close();
  const holder = new DatabaseSync(path);
  holder.exec("BEGIN EXCLUSIVE");

  const log = await runStartUntilError({ ...START_ENV, "PORT": "0", "KV_PATH": `./${name}` });
  holder.close();
  // SQLite may have deleted the last two.
  for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => {});

  assert.match(
    log,
    /Cannot write to KV: hooks and callbacks get 503.*which other program uses the file/,
  );
});

Deno.test("deno task start names the missing token of a KV server, and exits with code 1", async () => {
  const kvPath = `http://127.0.0.1:${getFreePort()}`;

  const { code, log } = await runStart({ ...START_ENV, "PORT": "0", "KV_PATH": kvPath });

  assert.equal(code, 1);
  assert.match(log, /Set DENO_KV_ACCESS_TOKEN/);
});

Deno.test("deno task start listens while its KV server cannot be reached", async () => {
  const port = getFreePort();
  const env = {
    ...START_ENV,
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
      "x-webhook-secret": START_ENV["ORY_WEBHOOK_SECRET"],
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
