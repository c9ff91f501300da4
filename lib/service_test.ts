// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestService } from "../tests/support/service.ts";
import { StartError } from "./server/start_error.ts";

function messagesOf(lines: readonly string[], level?: string): string[] {
  return lines.map((line) => JSON.parse(line)).filter((line) => !level || line.level === level)
    .map(({ message }) => message);
}

Deno.test("createService() registers the cron jobs at once, and opens nothing", () => {
  const { cronJobs, calls } = createTestService();

  assert.deepEqual([...cronJobs.keys()], ["drain jobs", "forget old counts", "plan the sweep"]);
  assert.deepEqual(calls, { openKv: 0, serve: 0, shutdown: 0 });
});

Deno.test("start() listens and can write to KV", async () => {
  await using test = createTestService({ env: { "PORT": "4000" } });

  await test.service.start();

  assert.equal((await test.get("/health")).status, 200);
  assert.equal((await test.get("/ready")).status, 200);
  assert.deepEqual(messagesOf(test.lines), ["Listening"]);
  assert.equal(JSON.parse(test.lines[0] ?? "").port, 4000);
  assert.deepEqual(test.calls, { openKv: 1, serve: 1, shutdown: 0 });
});

Deno.test("start() warns if PUBLIC_URL is not set", async () => {
  await using test = createTestService({ env: { "PUBLIC_URL": "" } });

  await test.service.start();

  assert.match(messagesOf(test.lines, "warn").join(), /^PUBLIC_URL is not set: callbacks/);
});

Deno.test("a cron job that comes before start() waits for it", async () => {
  await using test = createTestService();
  const events: string[] = [];

  const drained = test.cronJobs.get("drain jobs")?.().then(() => events.push("drained"));
  await test.service.start().then(() => events.push("started"));
  await drained;

  assert.deepEqual(events, ["started", "drained"]);
});

Deno.test("the cron job for old counts deletes them", async () => {
  const kv = await Deno.openKv(":memory:");
  const key = ["count", 0, "starts"];
  await kv.set(key, new Deno.KvU64(1n));
  await using test = createTestService({
    overrides: { openKv: () => Promise.resolve(kv) },
  });
  await test.service.start();

  await test.cronJobs.get("forget old counts")?.();

  assert.equal((await kv.get(key)).value, null);
});

Deno.test("start() says which setting to change if the port is in use", async () => {
  const test = createTestService({
    env: { "PORT": "4000" },
    overrides: {
      serve: () => {
        throw new Deno.errors.AddrInUse("Address already in use");
      },
    },
  });

  await assert.rejects(test.service.start(), (error) => {
    assert(error instanceof StartError);
    assert.match(error.message, /^Port 4000 is in use: set PORT to another one/);
    return true;
  });
  assert.equal(test.calls.openKv, 0);
});

const UNUSABLE: readonly [what: string, thrown: Error, expected: RegExp][] = [
  ["damaged", new Error("file is not a database"), /"cure":"The file is damaged/],
  ["no file", new Error("unable to open database file"), /"cure":"KV_PATH must name a file/],
  ["without its token", new TypeError("Missing DENO_KV_ACCESS_TOKEN"), /Set DENO_KV_ACCESS_TOKEN/],
];

for (const [what, thrown, expected] of UNUSABLE) {
  Deno.test(`start() gives up and says what to do if KV is ${what}`, async () => {
    const test = createTestService({ overrides: { openKv: () => Promise.reject(thrown) } });

    await assert.rejects(test.service.start(), (error) => {
      assert(error instanceof StartError);
      assert.equal(error.message, "Cannot open KV_PATH");
      assert.match(JSON.stringify(error.fields), expected);
      return true;
    });
    assert.equal(test.calls.shutdown, 1);
    assert.deepEqual(messagesOf(test.lines, "error"), []);
  });
}

Deno.test("start() names the command that permits a KV_PATH outside ./data", async () => {
  const test = createTestService({
    env: { "KV_PATH": "/srv/bridge/kv.sqlite3" },
    overrides: {
      openKv: () => Promise.reject(new Deno.errors.NotCapable("Requires write access")),
    },
  });

  await assert.rejects(
    test.service.start(),
    /only \.\/data.*: deno run --quiet --frozen --no-prompt -P=start --allow-read=\/srv\/bridge --allow-write=\/srv\/bridge main/,
  );
});

Deno.test("start() names the permission that a KV server needs", async () => {
  const message = 'Requires env access to "DENO_KV_ACCESS_TOKEN"';
  const test = createTestService({
    env: { "KV_PATH": "https://kv.example.com" },
    overrides: { openKv: () => Promise.reject(new Deno.errors.NotCapable(message)) },
  });

  await assert.rejects(
    test.service.start(),
    new RegExp(`^StartError: Cannot open KV_PATH: ${message}`),
  );
});

Deno.test("start() goes on without KV if KV may come back, and uses it then", async () => {
  let isLocked = true;
  await using test = createTestService({
    overrides: {
      openKv(path) {
        if (isLocked) return Promise.reject(new Error("database is locked"));
        return Deno.openKv(path);
      },
    },
  });

  await test.service.start();
  const statusWhileLocked = (await test.get("/ready")).status;
  isLocked = false;
  const statusAfterwards = (await test.get("/ready")).status;

  assert.deepEqual([statusWhileLocked, statusAfterwards], [503, 200]);
  const [error = ""] = test.lines.filter((line) => line.includes('"level":"error"'));
  assert.match(error, /Cannot write to KV: hooks and callbacks get 503.*"reason":"locked"/);
});

Deno.test("stop() ends the server, the jobs and KV, once", async () => {
  const test = createTestService();
  await test.service.start();

  await Promise.all([test.service.stop("SIGTERM"), test.service.stop("SIGINT")]);

  assert.equal(test.calls.shutdown, 1);
  assert.equal((await test.get("/ready")).status, 503);
  const stopping = test.lines.map((line) => JSON.parse(line)).slice(1, 3);
  assert.deepEqual(
    stopping.map(({ message, signal }) => [message, signal]),
    [["Stopping", "SIGTERM"], ["Stopped", undefined]],
  );
});

Deno.test("stop() works before start()", async () => {
  const test = createTestService();

  await test.service.stop();

  assert.deepEqual(messagesOf(test.lines), ["Stopping", "Stopped"]);
});

Deno.test("stop() during start() keeps the service from listening", async () => {
  const test = createTestService();

  const started = test.service.start();
  await test.service.stop();
  await started;

  assert.equal(test.calls.serve, 0);
});

for (let turns = 0; turns < 8; turns++) {
  Deno.test(`stop() in turn ${turns} of start() leaves nothing that listens`, async () => {
    const test = createTestService({ env: { "OPERATOR_SECRET": "operator".repeat(4) } });

    const started = test.service.start();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await test.service.stop();
    await started;

    assert.equal(test.calls.serve, test.calls.shutdown);
  });
}

Deno.test("stop() gives up after 4.5 s, and closes KV if the work ends after that", async () => {
  const request = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const kv = await Deno.openKv(":memory:");
  const test = createTestService({
    shutdown: () => request.promise,
    overrides: {
      openKv: () => Promise.resolve(Object.assign(kv, { close: closed.resolve })),
    },
  });
  await test.service.start();

  const stopped = test.service.stop();
  test.timers.find(({ delayMs }) => delayMs === 4_500)?.fire();
  await stopped;
  const warnings = messagesOf(test.lines, "warn");
  request.resolve();
  await closed.promise;
  Deno.Kv.prototype.close.call(kv);

  assert.match(warnings.join(), /^Stopped before all work had ended/);
});

Deno.test("stop() logs and throws what fails", async () => {
  const test = createTestService({ shutdown: () => Promise.reject(new Error("a bug")) });
  await test.service.start();

  await assert.rejects(test.service.stop(), /a bug/);

  assert.deepEqual(messagesOf(test.lines, "error"), ["Cannot stop cleanly"]);
});
