// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { getFreePort, waitUntil } from "../../sandbox/processes/loopback.ts";
import { startService } from "../../sandbox/processes/service.ts";
import { START_ENV, startWithFileLimit } from "../support/start_command.ts";

const ROOT = new URL("../../", import.meta.url);
const UTF8 = new TextEncoder();

async function statusOf(url: string): Promise<number> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.status;
}

const ACCEPT_FAILED = "Cannot accept connections, so idle ones are closed";

/** Opens connections until there are so many, or no more are accepted. Every other one sends half a request. */
async function openConnections(port: number, count: number): Promise<Deno.TcpConn[]> {
  const connections: Deno.TcpConn[] = [];
  for (let number = 0; number < count; number++) {
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connections.push(connection);
      if (number % 2 === 0) await connection.write(UTF8.encode("GET /health HTTP/1.1\r\nHo"));
    } catch {
      // The server has just given up its listener.
      break;
    }
  }
  return connections;
}

Deno.test("idle and half-sent connections up to the limit of open files do not end the process", async () => {
  const port = getFreePort();
  const serviceUrl = `http://127.0.0.1:${port}`;
  const service = await startWithFileLimit(256, { ...START_ENV, "PORT": String(port) });
  let log = "";
  const stdout = service.stdout.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write: (text) => void (log += text) }));
  const stderr = new Response(service.stderr).text();
  await waitUntil("the service answers", async () => await statusOf(`${serviceUrl}/ready`) === 200);

  const connections: Deno.TcpConn[] = [];
  const countFailures = () => log.split(ACCEPT_FAILED).length - 1;
  // It must recover from the second failure as well as from the first. A round may come to nothing,
  // because the service has just closed its listener.
  await waitUntil("the limit was reached twice", async () => {
    connections.push(...await openConnections(port, 300));
    await waitUntil("it listens", async () => await statusOf(`${serviceUrl}/health`) === 200);
    return countFailures() >= 2;
  });
  await waitUntil("it works again", async () => await statusOf(`${serviceUrl}/ready`) === 200);
  service.kill("SIGTERM");
  const { code } = await service.status;
  await stdout;
  for (const connection of connections) connection.close();

  assert.equal(code, 0);
  const lines = log.trim().split("\n").map((line) => JSON.parse(line));
  const errors = lines.filter(({ level }) => level === "error");
  assert(errors.length >= 2);
  for (const { message, osError } of errors) {
    assert.equal(message, ACCEPT_FAILED);
    assert.equal(osError, 24);
  }
  assert(!(await stderr).includes("error"), await stderr);
});

interface Client {
  sent: number;
  answered: number;
  wasToldToClose: boolean;
}

/** Sends one request after the other on one connection, until the service asks to close it. */
async function sendUntilClosed(port: number, client: Client): Promise<void> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(4096);
  while (!client.wasToldToClose) {
    client.sent++;
    await connection.write(UTF8.encode("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"));
    const length = await connection.read(buffer);
    if (length === null) return;
    const answer = new TextDecoder().decode(buffer.subarray(0, length));
    if (!answer.startsWith("HTTP/1.1 200")) return;
    client.answered++;
    client.wasToldToClose = /^connection: close\r$/im.test(answer);
  }
}

Deno.test("SIGTERM leaves no request on a kept-alive connection without an answer", async () => {
  const port = getFreePort();
  const service = await startService({
    root: ROOT,
    env: { ...START_ENV, "PORT": String(port) },
    stdout: "piped",
  });
  const log = new Response(service.stdout).text();
  await service.ready(`http://127.0.0.1:${port}`);
  const clients = Array.from({ length: 16 }, (): Client => ({
    sent: 0,
    answered: 0,
    wasToldToClose: false,
  }));

  const sending = clients.map((client) =>
    // Counted as a request without an answer.
    sendUntilClosed(port, client).catch(() => {})
  );
  await waitUntil("all have answers", () => clients.every(({ answered }) => answered > 20));
  await service.stop();
  await Promise.all(sending);

  assert.deepEqual(clients.map(({ sent, answered }) => sent - answered), clients.map(() => 0));
  assert(clients.every(({ wasToldToClose }) => wasToldToClose));
  assert.equal((await service.status).code, 0);
  // It has not given up waiting, which would be a warning.
  const messages = (await log).trim().split("\n").map((line) => JSON.parse(line).message);
  assert.equal(messages.at(-1), "Stopped");
});
