// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createTestLog } from "../../tests/support/memory_store.ts";
import type { Handler } from "../http/handler.ts";
import { CLOSING_MS, Listener } from "./listener.ts";

interface Options {
  readonly host?: string | undefined;
  readonly port?: number;
  /** Hosts at which nobody can listen. */
  readonly impossible?: readonly string[];
  readonly hasIpv4?: boolean;
  readonly thrown?: Error;
}

/** A listener whose servers and timers are under the control of the test. */
function createTestListener(
  { host, port = 3000, impossible = [], hasIpv4 = true, thrown = new Error("no IPv6") }: Options,
) {
  const { log, lines } = createTestLog();
  const servers: { hostname?: string | undefined; port: number; fail: (error: Error) => void }[] =
    [];
  const events: string[] = [];
  const timers: { delayMs: number; fire: () => void }[] = [];
  const failing = new Set(impossible);
  let handle: Handler | undefined;
  const listener = new Listener({
    host,
    port,
    log,
    handler(_request, _info, finish) {
      const response = new Response("answer");
      finish?.(response);
      return Promise.resolve(response);
    },
    answersOnIpv4: () => Promise.resolve(hasIpv4),
    setTimer(fire, delayMs) {
      const timer = { delayMs, fire };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    serve({ port, hostname, onListen }, handler) {
      if (failing.has(hostname ?? "")) throw thrown;
      const { promise: finished, reject: fail } = Promise.withResolvers<void>();
      const number = servers.push({ hostname, port, fail });
      handle = handler;
      onListen({ port: port === 0 ? 4321 : port });
      return {
        finished,
        shutdown() {
          events.push(`shutdown ${number}`);
          return Promise.resolve();
        },
      };
    },
  });
  return {
    listener,
    servers,
    events,
    timers,
    failing,
    messages: () => lines.map((line) => JSON.parse(line)).map(({ message }) => message),
    lines,
    async connectionHeader() {
      assert(handle);
      const response = await handle(new Request("http://a/"), { remoteAddr: {} });
      return response.headers.get("connection");
    },
  };
}

const hostsOf = ({ servers }: { servers: readonly { hostname?: string | undefined }[] }) =>
  servers.map(({ hostname }) => hostname);

const STARTS: readonly [what: string, options: Options, hosts: (string | undefined)[]][] = [
  ["at all addresses", { host: "::" }, ["::"]],
  ["at those of IPv4 too, if :: is without", { host: "::", hasIpv4: false }, ["::", "0.0.0.0"]],
  ["at those of IPv4, if there is no IPv6", { host: "::", impossible: ["::"] }, ["0.0.0.0"]],
  ["at the address of HOST alone", { host: "10.0.0.1", hasIpv4: false }, ["10.0.0.1"]],
  ["where Deno Deploy chooses", { host: undefined, hasIpv4: false }, [undefined]],
];

for (const [what, options, hosts] of STARTS) {
  Deno.test(`start() listens ${what}`, async () => {
    const test = createTestListener(options);

    await test.listener.start();

    assert.deepEqual(hostsOf(test), hosts);
    assert.deepEqual(test.events, hosts.length === 2 ? ["shutdown 1"] : []);
  });
}

for (
  const options of [
    { host: "10.0.0.1", impossible: ["10.0.0.1"] },
    { host: "::", impossible: ["::"], thrown: new Deno.errors.AddrInUse("in use") },
  ]
) {
  Deno.test(`start() throws if it cannot listen at ${options.host}`, async () => {
    const test = createTestListener(options);

    await assert.rejects(test.listener.start(), options.thrown ?? /no IPv6/);

    assert.deepEqual(test.servers, []);
  });
}

Deno.test("a server that fails is logged and shut down, and after a second another one listens at its port", async () => {
  const test = createTestListener({ host: "::", port: 0 });
  await test.listener.start();

  test.servers[0]?.fail(new Error("Too many open files (os error 24)"));
  await Promise.resolve();
  const before = [...test.events];
  assert.deepEqual(test.timers.map(({ delayMs }) => delayMs), [1_000]);
  test.timers[0]?.fire();

  assert.deepEqual(before, ["shutdown 1"]);
  assert.deepEqual(test.servers.map(({ hostname, port }) => [hostname, port]), [["::", 0], [
    "::",
    4321,
  ]]);
  assert.deepEqual(test.messages(), [
    "Listening",
    "Cannot accept connections, so idle ones are closed",
    "Listening",
  ]);
  assert.match(test.lines[1] ?? "", /"level":"error".*"osError":24/);
});

Deno.test("a server that fails again and again is replaced each time", async () => {
  const test = createTestListener({ host: "::" });
  await test.listener.start();

  for (const round of [0, 1, 2]) {
    test.servers[round]?.fail(new Error("Too many open files (os error 24)"));
    await Promise.resolve();
    test.timers[round]?.fire();
  }

  assert.equal(test.servers.length, 4);
});

Deno.test("a listener that cannot listen again tries it each second", async () => {
  const test = createTestListener({ host: "::" });
  await test.listener.start();

  test.failing.add("::");
  test.servers[0]?.fail(new Error("Too many open files (os error 24)"));
  await Promise.resolve();
  test.timers[0]?.fire();
  test.timers[1]?.fire();
  test.failing.delete("::");
  test.timers[2]?.fire();

  assert.deepEqual(test.messages().slice(2), [
    "Cannot listen again",
    "Cannot listen again",
    "Listening",
  ]);
  assert.equal(test.servers.length, 2);
});

Deno.test("stop() answers with Connection: close for half a second, and then shuts down", async () => {
  const test = createTestListener({ host: "::" });
  await test.listener.start();
  const before = await test.connectionHeader();

  const stopped = test.listener.stop();
  const during = await test.connectionHeader();
  const shutDownEarly = [...test.events];
  assert.deepEqual(test.timers.map(({ delayMs }) => delayMs), [CLOSING_MS]);
  test.timers[0]?.fire();
  await stopped;

  assert.deepEqual([before, during], [null, "close"]);
  assert.deepEqual([shutDownEarly, test.events], [[], ["shutdown 1"]]);
});

Deno.test("stop() ends the attempts to listen again", async () => {
  const test = createTestListener({ host: "::" });
  await test.listener.start();
  test.servers[0]?.fail(new Error("Too many open files (os error 24)"));
  await Promise.resolve();

  const stopped = test.listener.stop();
  assert.deepEqual(test.timers.map(({ delayMs }) => delayMs), [CLOSING_MS]);
  test.timers[0]?.fire();
  await stopped;

  assert.equal(test.servers.length, 1);
});

Deno.test("stop() works before start()", async () => {
  const test = createTestListener({ host: "::" });

  await test.listener.stop();

  assert.deepEqual([test.events, test.timers], [[], []]);
});
