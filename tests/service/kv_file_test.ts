// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { getFreePort, waitUntil } from "../../sandbox/processes/loopback.ts";
import { type ServiceProcess, startService } from "../../sandbox/processes/service.ts";
import { START_ENV } from "../support/start_command.ts";

const ROOT = new URL("../../", import.meta.url);

interface Running extends AsyncDisposable {
  readonly service: ServiceProcess;
  readonly path: string;
  /** The status of `GET /ready`. */
  ready(): Promise<number>;
  /** The status of a registration hook. */
  initiate(): Promise<number>;
}

/** Starts the service on a KV file of its own. */
async function start(): Promise<Running> {
  const name = `data/test-${crypto.randomUUID()}`;
  const path = fileURLToPath(new URL(name, ROOT));
  const port = getFreePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...START_ENV, "PORT": String(port), "KV_PATH": `./${name}` };
  const service = await startService({ root: ROOT, env, stdout: "piped", stderr: "null" });
  await service.ready(url);
  const statusOf = async (path: string, init?: RequestInit) => {
    const answer = await fetch(url + path, init);
    await answer.body?.cancel();
    return answer.status;
  };
  return {
    service,
    path,
    ready: () => statusOf("/ready"),
    initiate: () =>
      statusOf("/jumio/initiate", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-webhook-secret": START_ENV["ORY_WEBHOOK_SECRET"],
        },
        body: JSON.stringify({ "identity_id": crypto.randomUUID() }),
      }),
    async [Symbol.asyncDispose]() {
      await service.stop();
      for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => {});
    },
  };
}

Deno.test("a KV file that is deleted under the service is noticed: nothing is acknowledged, and the log says so", async () => {
  await using running = await start();
  const log = new Response(running.service.stdout).text();
  await waitUntil("the service is ready", async () => await running.ready() === 200);
  await Deno.remove(running.path);

  await waitUntil("/ready is 503", async () => await running.ready() === 503);
  const hook = await running.initiate();
  await running.service.stop();

  assert.equal(hook, 503);
  const gone = (await log).split("\n").filter((line) => line.includes("The KV file was deleted"));
  assert.equal(gone.length, 1);
  assert.match(gone[0] ?? "", /"level":"error"/);
});

Deno.test("a KV file that is put back is used again without a restart", async () => {
  await using running = await start();
  const log = new Response(running.service.stdout).text();
  await waitUntil("the service is ready", async () => await running.ready() === 200);
  await Deno.rename(running.path, `${running.path}-away`);
  await waitUntil("/ready is 503", async () => await running.ready() === 503);

  await Deno.rename(`${running.path}-away`, running.path);

  assert.equal(await running.ready(), 200);
  assert.equal(await running.initiate(), 200);
  await running.service.stop();
  await log;
});

Deno.test("a hook waits for a KV file that is locked for a second, and is stored then", async () => {
  await using running = await start();
  const log = new Response(running.service.stdout).text();
  await waitUntil("the service is ready", async () => await running.ready() === 200);
  const holder = new DatabaseSync(running.path, { timeout: 2_000 });
  holder.exec("BEGIN IMMEDIATE");

  const hook = running.initiate();
  // The service waits for 2.9 s. That leaves a slow machine time to release the file.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  holder.exec("ROLLBACK");
  holder.close();

  assert.equal(await hook, 200);
  await running.service.stop();
  await log;
});

Deno.test("/ready is 503 while the KV file is locked", async () => {
  await using running = await start();
  const log = new Response(running.service.stdout).text();
  await waitUntil("the service is ready", async () => await running.ready() === 200);
  const holder = new DatabaseSync(running.path, { timeout: 2_000 });
  holder.exec("BEGIN IMMEDIATE");

  // An answer may be up to a second old.
  await waitUntil("/ready is 503", async () => await running.ready() === 503);
  holder.exec("ROLLBACK");
  holder.close();

  assert.equal(await running.ready(), 200);
  await running.service.stop();
  await log;
});
